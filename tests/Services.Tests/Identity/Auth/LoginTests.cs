namespace Pipeline.Services.Tests.Identity.Auth;

public sealed class LoginTests
{
    [Fact]
    public async Task A_scoped_token_says_who_where_as_what_and_what_there_is()
    {
        await using var world = await IdentityWorld.StartAsync();
        var login = await world.Host.LoginAsync("admin", world.Passwords.Admin, "admin");
        login.Matches("auth/issue-scoped.201.json");
        Assert.InRange(login.Token.Length, 1, 250);
    }

    [Fact]
    public async Task An_unscoped_token_has_no_project_roles_or_catalogue()
    {
        await using var world = await IdentityWorld.StartAsync();
        (await world.Host.LoginAsync("demo", world.Passwords.Demo, null)).Matches("auth/issue-unscoped.201.json");
    }

    [Fact]
    public async Task A_token_lives_for_an_hour_from_a_whole_second_on()
    {
        await using var world = await IdentityWorld.StartAsync();
        world.Time.Advance(TimeSpan.FromMilliseconds(1500));
        var token = (await world.Host.LoginAsync("demo", world.Passwords.Demo, "demo")).Json.GetProperty("token");
        Assert.Equal("2030-01-01T00:00:01.000000Z", token.GetProperty("issued_at").GetString());
        Assert.Equal("2030-01-01T01:00:01.000000Z", token.GetProperty("expires_at").GetString());
    }

    [Fact]
    public async Task Roles_in_a_token_include_those_they_imply()
    {
        await using var world = await IdentityWorld.StartAsync();
        var admin = await world.Host.LoginAsync("admin", world.Passwords.Admin, "demo");
        var demo = await world.Host.LoginAsync("demo", world.Passwords.Demo, "demo");
        Assert.Equal(["admin", "manager", "member", "reader"], Roles(admin));
        Assert.Equal(["member", "reader"], Roles(demo));
    }

    [Fact]
    public async Task Nocatalog_leaves_the_catalogue_out()
    {
        await using var world = await IdentityWorld.StartAsync();
        var body = IdentityHost.Login("demo", world.Passwords.Demo, "demo");
        var login = await world.Host.PostAsync("auth/tokens?nocatalog", null, body);
        Assert.False(login.Json.GetProperty("token").TryGetProperty("catalog", out _));
    }

    [Fact]
    public async Task Whatever_is_wrong_with_a_login_is_the_same_401()
    {
        await using var world = await IdentityWorld.StartAsync();
        var host = world.Host;
        var admin = await host.AdminAsync();
        var disabled = await host.NewUserAsync(admin, "disabled", "secret");
        await host.PatchAsync($"users/{disabled}", admin, """{"user":{"enabled":false}}""");
        await host.PostAsync("users", admin, """{"user":{"name":"no-password"}}""");
        (await host.LoginAsync("demo", "wrong", "demo")).Matches("auth/issue.401.json");
        Seen[] refused =
        [
            await host.LoginAsync("demo", "", "demo"),
            await host.LoginAsync("nobody", world.Passwords.Demo, "demo"),
            await host.LoginAsync("disabled", "secret", null),
            await host.LoginAsync("no-password", "", null),
            await host.LoginAsync("demo", world.Passwords.Demo, "admin"),
            await host.LoginAsync("demo", world.Passwords.Demo, "nothing"),
        ];
        Assert.All(
            refused,
            seen =>
                Assert.Equal((401, "The request you have made requires authentication."), (seen.Status, seen.Message))
        );
    }

    [Fact]
    public async Task A_scope_on_which_the_user_has_no_role_is_refused()
    {
        string[] elsewhere =
        [
            """{"domain":{"id":"default"}}""",
            """{"system":{"all":true}}""",
            """{"OS-TRUST:trust":{"id":"x"}}""",
        ];
        await using var world = await IdentityWorld.StartAsync();
        var login = IdentityHost.Login("demo", world.Passwords.Demo, null);
        foreach (var scope in elsewhere)
        {
            var body = login.Replace("\"scope\":\"unscoped\"", $"\"scope\":{scope}");
            Assert.Equal((body, 401), (body, (await world.Host.PostAsync("auth/tokens", null, body)).Status));
        }
    }

    [Fact]
    public async Task A_user_is_known_by_id_and_by_the_name_of_their_domain_too()
    {
        await using var world = await IdentityWorld.StartAsync();
        var id = await world.Host.IdAsync("users", "demo", await world.Host.AdminAsync());
        var byName = IdentityHost.Login("demo", world.Passwords.Demo, "demo");
        string[] bodies =
        [
            byName.Replace("""{"id":"default"}""", """{"name":"Default"}"""),
            byName.Replace(
                "\"name\":\"demo\",\"domain\":{\"id\":\"default\"},\"password\"",
                $"\"id\":\"{id}\",\"password\""
            ),
        ];
        foreach (var body in bodies)
            Assert.Equal(201, (await world.Host.PostAsync("auth/tokens", null, body)).Status);
    }

    [Fact]
    public async Task Without_a_scope_a_login_goes_to_the_default_project_when_that_is_any_good()
    {
        await using var world = await IdentityWorld.StartAsync();
        var host = world.Host;
        var admin = await host.AdminAsync();
        var (demo, project) = (
            await host.IdAsync("users", "demo", admin),
            await host.IdAsync("projects", "demo", admin)
        );
        await host.PatchAsync($"users/{demo}", admin, $$$"""{"user":{"default_project_id":"{{{project}}}"}}""");
        Assert.Equal("demo", await ScopeAsync());
        await host.PatchAsync($"projects/{project}", admin, """{"project":{"enabled":false}}""");
        Assert.Null(await ScopeAsync());

        async Task<string?> ScopeAsync()
        {
            var body = IdentityHost.Login("demo", world.Passwords.Demo, null).Replace(",\n\"scope\":\"unscoped\"", "");
            var token = (await host.PostAsync("auth/tokens", null, body)).Json.GetProperty("token");
            return token.TryGetProperty("project", out var scope) ? scope.GetProperty("name").GetString() : null;
        }
    }

    [Fact]
    public async Task A_method_that_is_not_supported_is_refused_as_such()
    {
        await using var world = await IdentityWorld.StartAsync();
        var body = """{"auth":{"identity":{"methods":["oauth1"],"oauth1":{}}}}""";
        var seen = await world.Host.PostAsync("auth/tokens", null, body);
        Assert.Equal((401, "Attempted to authenticate with an unsupported method."), (seen.Status, seen.Message));
    }

    private static readonly (string Body, string Field)[] Malformed =
    [
        ("""{}""", "auth"),
        ("""{"auth":{}}""", "auth.identity"),
        ("""{"auth":{"identity":{"methods":[]}}}""", "auth.identity.methods"),
        ("""{"auth":{"identity":{"methods":["password"]}}}""", "auth.identity.password"),
        (
            """{"auth":{"identity":{"methods":["password"],"password":{"user":{"password":"x"}}}}}""",
            "auth.identity.password.user"
        ),
        (
            """{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"x","password":"x"}}}}}""",
            "auth.identity.password.user.domain"
        ),
        (
            """{"auth":{"identity":{"methods":["password"],"password":{"user":{"id":"x","password":7}}}}}""",
            "auth.identity.password.user.password"
        ),
        (
            """{"auth":{"identity":{"methods":["token"],"token":{"id":"x"}},"scope":{"project":{"id":"x"},"domain":{"id":"y"}}}}""",
            "auth.scope"
        ),
    ];

    [Fact]
    public async Task A_malformed_login_is_a_400_that_names_the_field()
    {
        await using var world = await IdentityWorld.StartAsync();
        foreach (var (body, field) in Malformed)
        {
            var seen = await world.Host.PostAsync("auth/tokens", null, body);
            Assert.Equal((body, 400), (body, seen.Status));
            Assert.Contains($"field {field}", seen.Message);
        }
    }

    [Fact]
    public async Task A_login_writes_nothing()
    {
        await using var world = await IdentityWorld.StartAsync();
        var before = await AuditsAsync(world);
        await world.Host.LoginAsync("demo", world.Passwords.Demo, "demo");
        Assert.Equal(before, await AuditsAsync(world));
    }

    private static Task<long> AuditsAsync(IdentityWorld world) =>
        world.Database.ReadAsync(tx => tx.ScalarAsync<long>("SELECT COUNT(*) FROM audit"));

    private static IEnumerable<string> Roles(Seen login) =>
        login
            .Json.GetProperty("token")
            .GetProperty("roles")
            .EnumerateArray()
            .Select(role => role.GetProperty("name").GetString()!);
}
