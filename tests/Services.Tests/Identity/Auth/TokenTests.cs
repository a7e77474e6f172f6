namespace Pipeline.Services.Tests.Identity.Auth;

public sealed class TokenTests
{
    [Fact]
    public async Task A_token_is_shown_to_its_user_and_to_admins_as_it_was_when_issued()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, login) = (world.Host, await world.Host.LoginAsync("demo", world.Passwords.Demo, "demo"));
        var own = await host.SubjectAsync("GET", login.Token, login.Token);
        var admins = await host.SubjectAsync("GET", await host.AdminAsync(), login.Token);
        Assert.Equal((200, login.Body), (own.Status, own.Body));
        Assert.Equal((200, login.Body), (admins.Status, admins.Body));
        Assert.Equal(login.Token, own.Token);
    }

    [Fact]
    public async Task Head_tells_that_a_token_holds_without_a_body()
    {
        await using var world = await IdentityWorld.StartAsync();
        var token = await world.Host.DemoAsync();
        var seen = await world.Host.SubjectAsync("HEAD", token, token);
        Assert.Equal((200, ""), (seen.Status, seen.Body));
    }

    [Fact]
    public async Task Anothers_token_is_neither_shown_nor_ended_for_a_user()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (admin, demo) = (await world.Host.AdminAsync(), await world.Host.DemoAsync());
        Assert.Equal(403, (await world.Host.SubjectAsync("GET", demo, admin)).Status);
        Assert.Equal(403, (await world.Host.SubjectAsync("DELETE", demo, admin)).Status);
        Assert.True(await world.Host.HoldsAsync(admin));
    }

    [Fact]
    public async Task A_subject_that_is_no_token_is_not_found()
    {
        await using var world = await IdentityWorld.StartAsync();
        var demo = await world.Host.DemoAsync();
        foreach (var method in (string[])["GET", "HEAD", "DELETE"])
        {
            Assert.Equal(404, (await world.Host.SubjectAsync(method, demo, "nonsense")).Status);
            Assert.Equal(404, (await world.Host.SendAsync(method, "/identity/v3/auth/tokens", demo)).Status);
        }
    }

    [Fact]
    public async Task A_token_that_is_wrong_changed_or_expired_opens_nothing()
    {
        await using var world = await IdentityWorld.StartAsync();
        var token = await world.Host.DemoAsync();
        var changed = $"{token[..20]}{(token[20] == 'A' ? 'B' : 'A')}{token[21..]}";
        foreach (var bad in (string[])["nonsense", changed, token + token])
            Assert.Equal(401, (await world.Host.GetAsync("auth/projects", bad)).Status);
        world.Time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await world.Host.GetAsync("auth/projects", token)).Status);
        world.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(401, (await world.Host.GetAsync("auth/projects", token)).Status);
    }

    [Fact]
    public async Task A_shorter_lifetime_holds_for_tokens_issued_before_it_was_set()
    {
        await using var world = await IdentityWorld.StartAsync();
        var token = await world.Host.DemoAsync();
        world.Options = world.Options with { TokenLifetime = TimeSpan.FromMinutes(10) };
        var strict = world.NewHost();
        Assert.True(await strict.HoldsAsync(token));
        world.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.False(await strict.HoldsAsync(token));
    }

    [Fact]
    public async Task The_pipeline_learns_who_calls_from_the_token()
    {
        await using var world = await IdentityWorld.StartAsync();
        var caller = (await world.Host.CallerAsync(await world.Host.DemoAsync()))!;
        Assert.Equal("demo", caller.UserName);
        Assert.Equal("default", caller.UserDomainId.Value);
        Assert.Equal(["member", "reader"], caller.Roles);
        Assert.NotNull(caller.ProjectId);
        Assert.False(caller.IsAdmin);
        Assert.Equal(world.Time.GetUtcNow() + TimeSpan.FromHours(1), caller.ExpiresAt);
        Assert.True((await world.Host.CallerAsync(await world.Host.AdminAsync()))!.IsAdmin);
    }

    [Fact]
    public async Task The_scopes_that_a_user_may_ask_for_are_listed()
    {
        await using var world = await IdentityWorld.StartAsync();
        var token = (await world.Host.LoginAsync("demo", world.Passwords.Demo, null)).Token;
        (await world.Host.GetAsync("auth/projects", token)).Matches("auth/projects.200.json");
        (await world.Host.GetAsync("auth/domains", token)).Matches("auth/domains.200.json");
        (await world.Host.GetAsync("auth/system", token)).Matches("auth/system.200.json");
    }

    [Fact]
    public async Task A_catalogue_needs_a_project()
    {
        await using var world = await IdentityWorld.StartAsync();
        (await world.Host.GetAsync("auth/catalog", await world.Host.DemoAsync())).Matches("auth/catalog.200.json");
        var unscoped = (await world.Host.LoginAsync("demo", world.Passwords.Demo, null)).Token;
        Assert.Equal(403, (await world.Host.GetAsync("auth/catalog", unscoped)).Status);
    }
}
