namespace Pipeline.Services.Tests.Identity.Versions;

public sealed class VersionTests
{
    [Fact]
    public async Task The_versions_are_told_to_anyone()
    {
        await using var world = await IdentityWorld.StartAsync();
        foreach (var path in (string[])["/", "/identity/", "/identity"])
        {
            var seen = await world.Host.SendAsync("GET", path);
            Assert.Equal((path, 300), (path, seen.Status));
            Assert.Equal("http://cloud.example:7071/identity/v3/", seen.Headers.Location);
            if (path == "/identity")
                seen.Matches("versions/list.300.json");
        }
    }

    [Fact]
    public async Task The_version_is_told_to_anyone()
    {
        await using var world = await IdentityWorld.StartAsync();
        foreach (var path in (string[])["/identity/v3", "/identity/v3/", "/v3", "/v3/"])
            (await world.Host.SendAsync("GET", path)).Matches("versions/show.200.json");
    }

    [Fact]
    public async Task A_browser_gets_a_page_at_the_root()
    {
        await using var world = await IdentityWorld.StartAsync();
        var seen = await world.Host.SendAsync(
            "GET",
            "/",
            prepare: context => context.Request.Headers.Accept = "text/html,application/xhtml+xml,*/*;q=0.8"
        );
        seen.Matches("versions/page.200.html");
    }

    [Fact]
    public async Task The_alias_serves_all_that_identity_does_and_links_to_it()
    {
        await using var world = await IdentityWorld.StartAsync();
        var host = world.Host;
        var login = await host.SendAsync(
            "POST",
            "/v3/auth/tokens",
            body: IdentityHost.Login("admin", world.Passwords.Admin, "admin")
        );
        Assert.Equal(201, login.Status);
        var admin = await host.IdAsync("users", "admin", login.Token);
        foreach (
            var path in (string[])
                ["users", "users/", $"users/{admin}", "projects?name=demo", "auth/catalog", "domains/default"]
        )
        {
            var (here, alias) = (
                await host.GetAsync(path, login.Token),
                await host.SendAsync("GET", $"/v3/{path}", login.Token)
            );
            Assert.Equal((200, here.Body), (alias.Status, alias.Body));
        }
        Assert.Equal(404, (await host.SendAsync("GET", "/v3/nothing", login.Token)).Status);
        Assert.Equal(405, (await host.SendAsync("PUT", "/v3/users", login.Token)).Status);
    }
}
