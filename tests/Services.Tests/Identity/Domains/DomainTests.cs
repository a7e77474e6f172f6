namespace Pipeline.Services.Tests.Identity.Domains;

public sealed class DomainTests
{
    [Fact]
    public async Task A_domain_lives()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin) = (world.Host, await world.Host.AdminAsync());
        var made = await host.PostAsync("domains", admin, """{"domain":{"name":"d","tags":["t"],"colour":"red"}}""");
        made.Matches("domains/create.201.json");
        var id = made.Id("domain");
        Assert.Equal(409, (await host.PostAsync("domains", admin, """{"domain":{"name":"d"}}""")).Status);
        var same = $$$"""{"domain":{"name":"e","explicit_domain_id":"{{{id}}}"}}""";
        Assert.Equal(409, (await host.PostAsync("domains", admin, same)).Status);
        var own = """{"domain":{"name":"e","explicit_domain_id":"0123456789abcdef0123456789abcdef"}}""";
        Assert.Equal("0123456789abcdef0123456789abcdef", (await host.PostAsync("domains", admin, own)).Id("domain"));
        Assert.Equal(
            400,
            (await host.PostAsync("domains", admin, """{"domain":{"name":"f","explicit_domain_id":"f"}}""")).Status
        );
        Assert.Equal(403, (await host.DeleteAsync($"domains/{id}", admin)).Status);
        var disabled = await host.PatchAsync($"domains/{id}", admin, """{"domain":{"enabled":false}}""");
        Assert.False(disabled.Json.GetProperty("domain").GetProperty("enabled").GetBoolean());
        Assert.Equal(204, (await host.DeleteAsync($"domains/{id}", admin)).Status);
        Assert.Equal(404, (await host.GetAsync($"domains/{id}", admin)).Status);
    }

    [Fact]
    public async Task The_default_domain_stays()
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        var token = await stage.SystemAsync();
        // Its admin's own tokens end with it, so this is done by a user of another domain.
        Assert.Equal(
            200,
            (await world.Host.PatchAsync("domains/default", token, """{"domain":{"enabled":false}}""")).Status
        );
        Assert.Equal(403, (await world.Host.DeleteAsync("domains/default", token)).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_in_a_domain_ends_with_it_within_a_second_on_every_functions_host(bool deleted)
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        var (host, other) = (world.Host, world.NewHost());
        string[] tokens =
        [
            await stage.LoginAsync("\"unscoped\""),
            await stage.LoginAsync(stage.OnProject),
            await stage.LoginAsync(stage.OnDomain),
        ];
        foreach (var token in tokens)
            Assert.True(await other.HoldsAsync(token));
        await host.PatchAsync($"domains/{stage.Domain}", stage.Admin, """{"domain":{"enabled":false}}""");
        if (deleted)
            Assert.Equal(204, (await host.DeleteAsync($"domains/{stage.Domain}", stage.Admin)).Status);
        else
            await host.PatchAsync($"domains/{stage.Domain}", stage.Admin, """{"domain":{"enabled":true}}""");
        world.Time.Advance(TimeSpan.FromSeconds(1));
        foreach (var token in tokens)
        {
            Assert.False(await host.HoldsAsync(token)); // also when it was enabled again
            Assert.False(await other.HoldsAsync(token));
        }
        Assert.Equal(deleted ? 404 : 200, (await host.GetAsync($"users/{stage.User}", stage.Admin)).Status);
        Assert.Equal(deleted ? 404 : 200, (await host.GetAsync($"projects/{stage.Project}", stage.Admin)).Status);
    }

    /// <summary>A domain with a user who is member of it and of a project in it, and admin of the system.</summary>
    private sealed record Stage(IdentityWorld World, string Admin, string Domain, string User, string Project)
    {
        public string OnProject => $$$"""{"project":{"id":"{{{Project}}}"}}""";

        public string OnDomain => $$$"""{"domain":{"id":"{{{Domain}}}"}}""";

        public static async Task<Stage> SetAsync(IdentityWorld world)
        {
            var (host, admin) = (world.Host, await world.Host.AdminAsync());
            var domain = (await host.PostAsync("domains", admin, """{"domain":{"name":"d"}}""")).Id("domain");
            var user = await host.PostAsync(
                "users",
                admin,
                $$$"""{"user":{"name":"u","password":"secret","domain_id":"{{{domain}}}"}}"""
            );
            var project = await host.PostAsync(
                "projects",
                admin,
                $$$"""{"project":{"name":"p","domain_id":"{{{domain}}}"}}"""
            );
            var stage = new Stage(world, admin, domain, user.Id("user"), project.Id("project"));
            var member = await host.IdAsync("roles", "member", admin);
            Assert.Equal(
                204,
                (await host.PutAsync($"projects/{stage.Project}/users/{stage.User}/roles/{member}", admin)).Status
            );
            Assert.Equal(
                204,
                (await host.PutAsync($"domains/{domain}/users/{stage.User}/roles/{member}", admin)).Status
            );
            return stage;
        }

        public async Task<string> LoginAsync(string scope)
        {
            var body = IdentityHost
                .Login("u", "secret", null)
                .Replace("\"scope\":\"unscoped\"", $"\"scope\":{scope}")
                .Replace("\"name\":\"u\",\"domain\":{\"id\":\"default\"}", $"\"id\":\"{User}\"");
            var login = await World.Host.PostAsync("auth/tokens", null, body);
            Assert.Equal(201, login.Status);
            return login.Token;
        }

        public async Task<string> SystemAsync()
        {
            var role = await World.Host.IdAsync("roles", "admin", Admin);
            Assert.Equal(204, (await World.Host.PutAsync($"system/users/{User}/roles/{role}", Admin)).Status);
            return await LoginAsync("""{"system":{"all":true}}""");
        }
    }
}
