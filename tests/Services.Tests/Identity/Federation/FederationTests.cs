using System.Text.Json.Nodes;

namespace Pipeline.Services.Tests.Identity.Federation;

public sealed class FederationTests
{
    private const string Provider = "OS-FEDERATION/identity_providers/corp";
    private const string Protocol = $"{Provider}/protocols/openid";
    private const string Rules = """
        [{"local":[{"user":{"name":"{0}","email":"{1}"}},{"groups":"{2}","domain":{"id":"default"}}],
          "remote":[{"type":"preferred_username"},{"type":"OIDC-email"},{"type":"HTTP_OIDC_GROUPS","whitelist":["builders"]},
                    {"type":"groups","any_one_of":["builders","admins"]},
                    {"type":"sub","not_any_of":["^root"],"regex":true}]}]
        """;

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    public async Task Signed_claims_are_a_login_that_is_then_scoped(string algorithm)
    {
        await using var stage = await Stage.SetAsync();
        var login = await stage.LoginAsync(stage.Issuer.Sign(Issuer.Claims(stage.Now), algorithm));
        Assert.Equal(201, login.Status);
        var token = login.Json.GetProperty("token");
        Assert.Equal("ada", token.GetProperty("user").GetProperty("name").GetString());
        Assert.Equal("""["openid"]""", token.GetProperty("methods").GetRawText());
        Assert.False(token.TryGetProperty("project", out _));
        var scoped = await stage.Host.RescopeAsync(login.Token, stage.Project);
        Assert.Equal(201, scoped.Status);
        Assert.Equal(["member", "reader"], (await stage.Host.CallerAsync(scoped.Token))!.Roles.Order());
        foreach (var path in (string[])["auth/projects", "OS-FEDERATION/projects"])
            Assert.Equal(["p"], (await stage.Host.GetAsync(path, login.Token)).Names("projects"));
        Assert.Empty((await stage.Host.GetAsync("OS-FEDERATION/domains", login.Token)).Names("domains"));
        foreach (var asked in (string[])["idp_id=corp", "unique_id=ada", "protocol_id=openid&idp_id=corp"])
            Assert.Equal(["ada"], (await stage.Host.GetAsync($"users?{asked}", stage.Admin)).Names("users"));
        foreach (var asked in (string[])["idp_id=other", "unique_id=x", "protocol_id=mapped"])
            Assert.Empty((await stage.Host.GetAsync($"users?{asked}", stage.Admin)).Names("users"));
    }

    [Fact]
    public async Task The_same_person_is_the_same_user_and_loses_the_groups_that_are_claimed_no_more()
    {
        await using var stage = await Stage.SetAsync();
        var first = await stage.LoginAsync(stage.Issuer.Sign(Issuer.Claims(stage.Now)));
        var scoped = (await stage.Host.RescopeAsync(first.Token, stage.Project)).Token;
        await stage.MapAsync(
            """
            [{"local":[{"user":{"id":"{0}","name":"{1}"}},{"groups":"{2}","domain":{"id":"default"}}],
              "remote":[{"type":"preferred_username"},{"type":"preferred_username"},{"type":"groups"}]}]
            """
        );
        var less = Issuer.Claims(stage.Now);
        less["groups"] = new JsonArray("visitors");
        var second = await stage.LoginAsync(stage.Issuer.Sign(less));
        Assert.Equal(UserOf(first), UserOf(second));
        Assert.False(await stage.Host.HoldsAsync(scoped));
        Assert.Equal(401, (await stage.Host.RescopeAsync(second.Token, stage.Project)).Status);
        Assert.Equal(1, stage.Issuer.Asked); // its keys are kept
    }

    public static TheoryData<string> Wrong =>
        [
            "another issuer",
            "another audience",
            "no audience",
            "over",
            "no end",
            "not yet",
            "no subject",
            "no algorithm",
            "a secret for a key",
            "another's key",
            "changed",
            "cut off",
            "extensions",
            "an unknown key",
            "no rule holds",
            "refused by a pattern",
            "not even a token",
            "",
        ];

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Whatever_is_wrong_with_claims_is_the_same_refusal(string what)
    {
        await using var stage = await Stage.SetAsync();
        await using var other = await Issuer.StartAsync();
        var (claims, issuer) = (Issuer.Claims(stage.Now), stage.Issuer);
        var text = what switch
        {
            "another issuer" => Signed("iss", "https://evil.example"),
            "another audience" => Signed("aud", "elsewhere"),
            "no audience" => Signed("aud", null),
            "over" => Signed("exp", stage.Now.ToUnixTimeSeconds() - 61),
            "no end" => Signed("exp", null),
            "not yet" => Signed("nbf", stage.Now.ToUnixTimeSeconds() + 61),
            "no subject" => Signed("sub", null),
            "no algorithm" => issuer.Sign(claims, "none"),
            "a secret for a key" => issuer.Sign(claims, "HS256"),
            "another's key" => other.Sign(claims),
            "changed" => Changed(issuer.Sign(claims)),
            "cut off" => issuer.Sign(claims)[..^4],
            "extensions" => issuer.Sign(claims, head: new() { ["alg"] = "RS256", ["crit"] = new JsonArray("x") }),
            "an unknown key" => issuer.Sign(claims, kid: "x"),
            "no rule holds" => Signed("groups", new JsonArray("strangers")),
            "refused by a pattern" => Signed("sub", "root-1"),
            _ => what,
        };
        var seen = await stage.LoginAsync(text);
        Assert.Equal((401, "The request you have made requires authentication."), (seen.Status, seen.Message));

        string Signed(string name, JsonNode? value)
        {
            if (value is null)
                claims.Remove(name);
            else
                claims[name] = value;
            return issuer.Sign(claims);
        }

        static string Changed(string token)
        {
            var parts = token.Split('.');
            parts[1] = (parts[1][0] == 'e' ? 'f' : 'e') + parts[1][1..];
            return string.Join('.', parts);
        }
    }

    [Fact]
    public async Task Only_issuers_that_the_operator_has_named_are_asked_for_keys_and_not_often()
    {
        await using var stage = await Stage.SetAsync();
        await stage.Host.PatchAsync(
            Provider,
            stage.Admin,
            $$$"""{"identity_provider":{"remote_ids":["{{{Issuer.Name}}}","https://evil.example"]}}"""
        );
        var claims = Issuer.Claims(stage.Now);
        claims["iss"] = "https://evil.example";
        Assert.Equal(401, (await stage.LoginAsync(stage.Issuer.Sign(claims))).Status);
        Assert.Equal(0, stage.Issuer.Asked);
        for (var i = 0; i < 5; i++)
            Assert.Equal(
                401,
                (await stage.LoginAsync(stage.Issuer.Sign(Issuer.Claims(stage.Now), kid: $"x{i}"))).Status
            );
        Assert.Equal(1, stage.Issuer.Asked);
        stage.World.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(401, (await stage.LoginAsync(stage.Issuer.Sign(Issuer.Claims(stage.Now), kid: "x"))).Status);
        Assert.Equal(2, stage.Issuer.Asked);
    }

    [Fact]
    public async Task An_issuer_whose_keys_cannot_be_had_is_a_service_that_is_away()
    {
        await using var stage = await Stage.SetAsync();
        stage.Issuer.Set = () => new string('x', 300_000);
        var text = stage.Issuer.Sign(Issuer.Claims(stage.Now));
        Assert.Equal(503, (await stage.LoginAsync(text)).Status);
        stage.Issuer.Set = () => stage.Issuer.Keys().ToJsonString();
        stage.World.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(201, (await stage.LoginAsync(text)).Status);
        stage.Issuer.Set = () => "no keys";
        stage.World.Time.Advance(TimeSpan.FromHours(1));
        var late = stage.Issuer.Sign(Issuer.Claims(stage.World.Time.GetUtcNow()));
        Assert.Equal(201, (await stage.LoginAsync(late)).Status); // what was known stays good while it is away
    }

    [Theory]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    public async Task A_provider_that_is_disabled_or_deleted_takes_its_users_tokens_with_it(string method)
    {
        await using var stage = await Stage.SetAsync();
        var text = stage.Issuer.Sign(Issuer.Claims(stage.Now));
        var token = (await stage.LoginAsync(text)).Token;
        Assert.True(await stage.Host.HoldsAsync(token));
        var body = method == "PATCH" ? """{"identity_provider":{"enabled":false}}""" : null;
        var seen = await stage.Host.SendAsync(method, $"/identity/v3/{Provider}", stage.Admin, body);
        Assert.InRange(seen.Status, 200, 204);
        Assert.False(await stage.Host.HoldsAsync(token));
        Assert.Equal(401, (await stage.LoginAsync(text)).Status);
    }

    [Fact]
    public async Task A_name_that_is_taken_is_nobodys_way_into_that_account()
    {
        await using var stage = await Stage.SetAsync();
        await stage.Host.DeleteAsync(Protocol, stage.Admin);
        await stage.Host.DeleteAsync(Provider, stage.Admin);
        await stage.ProviderAsync(""","domain_id":"default" """);
        var claims = Issuer.Claims(stage.Now);
        claims["preferred_username"] = "demo";
        var login = await stage.LoginAsync(stage.Issuer.Sign(claims));
        Assert.Equal(201, login.Status);
        Assert.NotEqual(await stage.Host.IdAsync("users", "demo", stage.Admin), UserOf(login));
    }

    [Fact]
    public async Task A_mapping_may_name_a_user_of_this_cloud_and_give_projects()
    {
        await using var stage = await Stage.SetAsync();
        await stage.MapAsync(
            """
            [{"local":[{"user":{"name":"demo","type":"local","domain":{"id":"default"}}}],
              "remote":[{"type":"sub","any_one_of":["4711"]}]}]
            """
        );
        var local = await stage.LoginAsync(stage.Issuer.Sign(Issuer.Claims(stage.Now)));
        Assert.Equal(await stage.Host.IdAsync("users", "demo", stage.Admin), UserOf(local));
        await stage.MapAsync(
            """
            [{"local":[{"user":{"name":"{0}"}},{"projects":[{"name":"home of {0}","roles":[{"name":"member"}]}]}],
              "remote":[{"type":"preferred_username"}]}]
            """
        );
        var login = await stage.LoginAsync(stage.Issuer.Sign(Issuer.Claims(stage.Now)));
        var projects = await stage.Host.GetAsync("auth/projects", login.Token);
        Assert.Equal(["home of ada"], projects.Names("projects"));
        Assert.Equal(201, (await stage.LoginAsync(stage.Issuer.Sign(Issuer.Claims(stage.Now)))).Status);
    }

    [Fact]
    public async Task What_a_login_changes_is_recorded_in_its_users_name_and_once()
    {
        await using var stage = await Stage.SetAsync();
        var first = await stage.LoginAsync(stage.Issuer.Sign(Issuer.Claims(stage.Now)));
        var user = UserOf(first);
        var group = await stage.Host.IdAsync("groups", "builders", stage.Admin);
        Assert.Equal([$"user/{user}", $"group/{group}/user/{user}"], await RecordedAsync());
        await stage.LoginAsync(stage.Issuer.Sign(Issuer.Claims(stage.Now)));
        Assert.Equal(2, (await RecordedAsync()).Count);
        await stage.MapAsync(
            """
            [{"local":[{"user":{"name":"{0}"}},{"projects":[{"name":"home","roles":[{"name":"member"}]}]}],
              "remote":[{"type":"preferred_username"}]}]
            """
        );
        await stage.LoginAsync(stage.Issuer.Sign(Issuer.Claims(stage.Now)));
        var project = await stage.Host.IdAsync("projects", "home", stage.Admin);
        var role = await stage.Host.IdAsync("roles", "member", stage.Admin);
        Assert.Equal(
            [$"group/{group}/user/{user}", $"project/{project}", $"project/{project}/user/{user}/role/{role}"],
            (await RecordedAsync()).Skip(2)
        );

        Task<IReadOnlyList<string>> RecordedAsync() =>
            stage.World.Database.ReadAsync(tx =>
                tx.ListAsync<string>(
                    """
                    SELECT target FROM audit WHERE rule = 'identity:federated_login' AND user_id = @user
                        AND domain_id = (SELECT domain_id FROM users WHERE id = @user) ORDER BY seq
                    """,
                    new { user }
                )
            );
    }

    [Fact]
    public async Task Providers_protocols_and_mappings_live()
    {
        await using var stage = await Stage.SetAsync();
        var (host, admin) = (stage.Host, stage.Admin);
        (await host.GetAsync(Provider, admin)).Matches("federation/show-provider.200.json");
        (await host.GetAsync(Protocol, admin)).Matches("federation/show-protocol.200.json");
        (await host.GetAsync("OS-FEDERATION/mappings/m", admin)).Matches("federation/show-mapping.200.json");
        Assert.Single(
            (await host.GetAsync("OS-FEDERATION/mappings", admin)).Json.GetProperty("mappings").EnumerateArray()
        );
        foreach (var list in (string[])["OS-FEDERATION/identity_providers", $"{Provider}/protocols"])
            Assert.Equal(200, (await host.GetAsync(list, admin)).Status);
        Assert.Equal(409, (await stage.PutAsync(Provider, """{"identity_provider":{}}""")).Status);
        Assert.Equal(
            404,
            (await stage.PutAsync($"{Provider}x/protocols/o", """{"protocol":{"mapping_id":"m"}}""")).Status
        );
        Assert.Equal(
            400,
            (await stage.PutAsync($"{Provider}/protocols/o", """{"protocol":{"mapping_id":"x"}}""")).Status
        );
        var taken = $$$"""{"identity_provider":{"remote_ids":["{{{Issuer.Name}}}"]}}""";
        Assert.Equal(409, (await stage.PutAsync($"{Provider}x", taken)).Status);
        var demo = await host.DemoAsync();
        Assert.Equal(403, (await host.GetAsync(Provider, demo)).Status);
        Assert.Equal(403, (await host.DeleteAsync("OS-FEDERATION/mappings/m", demo)).Status);
        foreach (var path in (string[])[Protocol, Provider, "OS-FEDERATION/mappings/m"])
        {
            Assert.Equal(204, (await host.DeleteAsync(path, admin)).Status);
            Assert.Equal(404, (await host.GetAsync(path, admin)).Status);
        }
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""[{"local":[],"remote":[]}]""")]
    [InlineData("""[{"local":[{"user":{"name":"{0}"}}],"remote":[{"type":"a","any_one_of":["x"]}]}]""")]
    [InlineData("""[{"local":[{"user":{"name":"{1}"}}],"remote":[{"type":"a"}]}]""")]
    [InlineData("""[{"local":[{"user":{"name":"x"}}],"remote":[{"type":"a","any_one_of":["("],"regex":true}]}]""")]
    [InlineData("""[{"local":[{"user":{"name":"x"}}],"remote":[{"type":"a","any_one_of":[],"not_any_of":[]}]}]""")]
    [InlineData("""[{"local":[{"projects":[{"name":"x"}]}],"remote":[{"type":"a"}]}]""")]
    [InlineData("""[{"local":[{"other":1}],"remote":[{"type":"a"}]}]""")]
    public async Task A_mapping_with_a_mistake_is_not_stored(string rules)
    {
        await using var world = await IdentityWorld.StartAsync();
        var admin = await world.Host.AdminAsync();
        var body = $$$"""{"mapping":{"rules":{{{rules}}} } }""";
        var seen = await world.Host.SendAsync("PUT", "/identity/v3/OS-FEDERATION/mappings/m", admin, body);
        Assert.Equal(400, seen.Status);
        Assert.Equal(404, (await world.Host.GetAsync("OS-FEDERATION/mappings/m", admin)).Status);
    }

    private static string UserOf(Seen login) =>
        login.Json.GetProperty("token").GetProperty("user").GetProperty("id").GetString()!;

    private sealed class Stage(IdentityWorld world, Issuer issuer, string admin) : IAsyncDisposable
    {
        public IdentityWorld World => world;
        public IdentityHost Host => world.Host;
        public Issuer Issuer => issuer;
        public string Admin => admin;
        public string Project { get; private set; } = "";
        public DateTimeOffset Now => world.Time.GetUtcNow();

        public static async Task<Stage> SetAsync()
        {
            var issuer = await Issuer.StartAsync();
            var world = await IdentityWorld.StartAsync(with: options => options with { Issuers = [issuer.Setting] });
            var stage = new Stage(world, issuer, await world.Host.AdminAsync());
            var (host, admin) = (world.Host, stage.Admin);
            var group = (await host.PostAsync("groups", admin, """{"group":{"name":"builders"}}""")).Id("group");
            stage.Project = await host.NewProjectAsync(admin, "p");
            var role = await host.IdAsync("roles", "member", admin);
            await host.PutAsync($"projects/{stage.Project}/groups/{group}/roles/{role}", admin);
            await stage.PutAsync("OS-FEDERATION/mappings/m", $$$"""{"mapping":{"rules":{{{Rules}}} } }""");
            await stage.ProviderAsync("");
            return stage;
        }

        public async Task ProviderAsync(string more)
        {
            var provider =
                $$$"""{"identity_provider":{"remote_ids":["{{{Issuer.Name}}}"],"enabled":true{{{more}}} } }""";
            Assert.Equal(201, (await PutAsync(FederationTests.Provider, provider)).Status);
            Assert.Equal(201, (await PutAsync(Protocol, """{"protocol":{"mapping_id":"m"}}""")).Status);
        }

        public async Task MapAsync(string rules)
        {
            var body = $$$"""{"mapping":{"rules":{{{rules}}} } }""";
            Assert.Equal(200, (await Host.PatchAsync("OS-FEDERATION/mappings/m", admin, body)).Status);
        }

        public Task<Seen> PutAsync(string path, string body) =>
            Host.SendAsync("PUT", $"/identity/v3/{path}", admin, body);

        public Task<Seen> LoginAsync(string token) =>
            Host.SendAsync(
                "POST",
                $"/identity/v3/{Protocol}/auth",
                null,
                null,
                context => context.Request.Headers.Authorization = $"Bearer {token}"
            );

        public async ValueTask DisposeAsync()
        {
            await world.DisposeAsync();
            await issuer.DisposeAsync();
        }
    }
}
