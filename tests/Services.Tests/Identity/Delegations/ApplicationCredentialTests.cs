using Pipeline.Runtime.Policy;

namespace Pipeline.Services.Tests.Identity.Delegations;

public sealed class ApplicationCredentialTests
{
    [Fact]
    public async Task An_application_credential_lives_and_its_secret_is_shown_once()
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        var made = await stage.CreateAsync(
            """{"name":"ac","description":"d","roles":[{"name":"reader"}],"secret":"s"}"""
        );
        made.Matches("application-credentials/create.201.json");
        Assert.Equal(409, (await stage.CreateAsync("""{"name":"ac"}""")).Status);
        var id = made.Id("application_credential");
        var shown = await world.Host.GetAsync($"{stage.Path}/{id}", stage.Token);
        shown.Matches("application-credentials/show.200.json");
        Assert.Equal(
            ["ac"],
            (await world.Host.GetAsync($"{stage.Path}?name=ac", stage.Token)).Names("application_credentials")
        );
        Assert.Empty((await world.Host.GetAsync($"{stage.Path}?name=x", stage.Token)).Names("application_credentials"));
        Assert.Equal(204, (await world.Host.DeleteAsync($"{stage.Path}/{id}", stage.Token)).Status);
        Assert.Equal(404, (await world.Host.DeleteAsync($"{stage.Path}/{id}", stage.Token)).Status);
    }

    [Fact]
    public async Task A_login_by_id_or_by_name_is_good_for_its_project_and_its_roles()
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        var made = await stage.CreateAsync("""{"name":"ac","roles":[{"name":"reader"}]}""");
        var byId = await stage.LoginAsync(made);
        byId.Matches("application-credentials/issue.201.json");
        var caller = await world.Host.CallerAsync(byId.Token);
        Assert.Equal(["reader"], caller!.Roles);
        Assert.Equal(stage.Project, caller.ProjectId!.Value.Value);
        var secret = made.Json.GetProperty("application_credential").GetProperty("secret").GetString();
        var named = $$$"""{"name":"ac","user":{"id":"{{{stage.User}}}"},"secret":"{{{secret}}}"}""";
        Assert.Equal(201, (await Stage.LoginAsync(world, named)).Status);
        foreach (
            var wrong in (string[])
                [
                    named.Replace("\"ac\"", "\"bc\""),
                    named.Replace(secret!, "wrong"),
                    $$$"""{"id":"none","secret":"{{{secret}}}"}""",
                ]
        )
            Assert.Equal((wrong, 401), (wrong, (await Stage.LoginAsync(world, wrong)).Status));
    }

    [Theory]
    [InlineData("""{"name":"x","roles":[{"name":"admin"}]}""")]
    [InlineData("""{"name":"x","expires_at":"2001-01-01T00:00:00.000000Z"}""")]
    [InlineData("""{"name":"x","access_rules":[{"path":"v3","method":"GET","service":"identity"}]}""")]
    [InlineData("""{"name":"x","access_rules":[{"path":"/v3","method":"EAT","service":"identity"}]}""")]
    [InlineData("""{"description":"x"}""")]
    public async Task A_body_is_checked_before_anything_is_written(string body)
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        Assert.Equal(400, (await stage.CreateAsync(body)).Status);
        Assert.Empty((await world.Host.GetAsync(stage.Path, stage.Token)).Names("application_credentials"));
    }

    [Fact]
    public async Task Nobody_makes_one_for_another_and_what_was_lent_is_not_lent_on()
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        var admin = await world.Host.AdminAsync();
        var body = """{"application_credential":{"name":"x"}}""";
        Assert.Equal(403, (await world.Host.PostAsync(stage.Path, admin, body)).Status);
        var restricted = (await stage.LoginAsync(await stage.CreateAsync("""{"name":"a"}"""))).Token;
        Assert.Equal(403, (await world.Host.PostAsync(stage.Path, restricted, body)).Status);
        Assert.Equal(403, (await world.Host.GetAsync(stage.Path, restricted)).Status);
        var free = (await stage.LoginAsync(await stage.CreateAsync("""{"name":"b","unrestricted":true}"""))).Token;
        Assert.Equal(201, (await world.Host.PostAsync(stage.Path, free, body)).Status);
    }

    [Fact]
    public async Task An_owners_secrets_and_trusts_are_not_for_what_they_lent_though_unrestricted()
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        var user = (await world.Host.CallerAsync(stage.Token))!.UserId;
        var free = (await stage.LoginAsync(await stage.CreateAsync("""{"name":"b","unrestricted":true}"""))).Token;
        var trust = $$$"""
            {"trust":{"trustor_user_id":"{{{user}}}","trustee_user_id":"{{{user}}}","project_id":"{{{stage.Project}}}",
            "impersonation":true,"roles":[{"name":"member"}]}}
            """;
        Assert.Equal(403, (await world.Host.PostAsync("OS-TRUST/trusts", free, trust)).Status);
        Assert.Equal(403, (await world.Host.GetAsync($"OS-TRUST/trusts?trustor_user_id={user}", free)).Status);
        var pair = $$$"""{"tenant_id":"{{{stage.Project}}}"}""";
        Assert.Equal(403, (await world.Host.PostAsync($"users/{user}/credentials/OS-EC2", free, pair)).Status);
        Assert.Equal(403, (await world.Host.GetAsync($"users/{user}/credentials/OS-EC2", free)).Status);
        Assert.Equal(403, (await world.Host.GetAsync("credentials", free)).Status);
        Assert.Equal(200, (await world.Host.GetAsync("credentials", stage.Token)).Status);
    }

    [Fact]
    public async Task Its_token_lives_no_longer_and_gets_no_other_scope()
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        var expires = world.Time.GetUtcNow().AddMinutes(10).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
        var made = await stage.CreateAsync(
            $$$"""{"name":"a","expires_at":"{{{expires}}}","roles":[{"name":"reader"}]}"""
        );
        var token = (await stage.LoginAsync(made)).Token;
        var again = await world.Host.RescopeAsync(token, stage.Project);
        Assert.Equal(201, again.Status);
        Assert.Equal(["reader"], (await world.Host.CallerAsync(again.Token))!.Roles);
        Assert.True((await world.Host.CallerAsync(again.Token))!.Restricted);
        Assert.Equal(403, (await world.Host.RescopeAsync(token, null)).Status);
        world.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.False(await world.Host.HoldsAsync(token));
        Assert.False(await world.Host.HoldsAsync(again.Token));
        Assert.Equal(401, (await stage.LoginAsync(made)).Status);
    }

    public static TheoryData<string> Ends =>
        ["it is deleted", "role taken", "user disabled", "user deleted", "project disabled", "project deleted"];

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task Its_tokens_end_within_a_second_on_every_functions_host(string why)
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        var (host, other, admin) = (world.Host, world.NewHost(), await world.Host.AdminAsync());
        var made = await stage.CreateAsync("""{"name":"a"}""");
        var token = (await stage.LoginAsync(made)).Token;
        Assert.True(await other.HoldsAsync(token));
        var member = await host.IdAsync("roles", "member", admin);
        _ = why switch
        {
            "it is deleted" => await host.DeleteAsync($"{stage.Path}/{made.Id("application_credential")}", stage.Token),
            "role taken" => await host.DeleteAsync(
                $"projects/{stage.Project}/users/{stage.User}/roles/{member}",
                admin
            ),
            "user disabled" => await host.PatchAsync($"users/{stage.User}", admin, """{"user":{"enabled":false}}"""),
            "user deleted" => await host.DeleteAsync($"users/{stage.User}", admin),
            "project disabled" => await host.PatchAsync(
                $"projects/{stage.Project}",
                admin,
                """{"project":{"enabled":false}}"""
            ),
            _ => await host.DeleteAsync($"projects/{stage.Project}", admin),
        };
        Assert.False(await host.HoldsAsync(token));
        world.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await other.HoldsAsync(token));
        Assert.Equal(401, (await stage.LoginAsync(made)).Status);
    }

    [Fact]
    public async Task With_access_rules_its_token_is_for_those_requests_alone()
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        const string rules = """
            [{"path":"/v3/auth/projects","method":"GET","service":"identity"},
             {"path":"/v3/users/*","method":"GET","service":"identity"}]
            """;
        var made = await stage.CreateAsync($$$"""{"name":"a","access_rules":{{{rules}}} }""");
        var token = (await stage.LoginAsync(made)).Token;
        Assert.Equal(200, (await world.Host.GetAsync("auth/projects", token)).Status);
        Assert.Equal(200, (await world.Host.SendAsync("GET", "/v3/auth/projects", token)).Status);
        Assert.Equal(200, (await world.Host.GetAsync($"users/{stage.User}", token)).Status);
        Assert.Equal(401, (await world.Host.GetAsync($"users/{stage.User}/projects", token)).Status);
        Assert.Equal(401, (await world.Host.GetAsync("auth/catalog", token)).Status);
        Assert.Equal(200, (await world.Host.SubjectAsync("GET", token, token)).Status);
        var listed = await world.Host.GetAsync($"users/{stage.User}/access_rules", stage.Token);
        listed.Matches("application-credentials/access-rules.200.json");
        var rule = listed.Json.GetProperty("access_rules")[0].GetProperty("id").GetString();
        var path = $"users/{stage.User}/access_rules/{rule}";
        Assert.Equal(200, (await world.Host.GetAsync(path, stage.Token)).Status);
        Assert.Equal(403, (await world.Host.DeleteAsync(path, stage.Token)).Status);
        var second = await stage.CreateAsync($$$"""{"name":"b","access_rules":[{"id":"{{{rule}}}"}]}""");
        Assert.Equal(201, second.Status);
        foreach (var one in (Seen[])[made, second])
            await world.Host.DeleteAsync($"{stage.Path}/{one.Id("application_credential")}", stage.Token);
        Assert.Equal(204, (await world.Host.DeleteAsync(path, stage.Token)).Status);
        Assert.Equal(404, (await world.Host.GetAsync(path, stage.Token)).Status);
    }

    [Theory]
    [InlineData("/v2.1/servers", "/v2.1/servers", true)]
    [InlineData("/v2.1/servers/*", "/v2.1/servers/x", true)]
    [InlineData("/v2.1/servers/{server_id}", "/v2.1/servers/x", true)]
    [InlineData("/v2.1/servers/*", "/v2.1/servers/x/action", false)]
    [InlineData("/v2.1/servers/*", "/v2.1/servers", false)]
    [InlineData("/v2.1/**", "/v2.1/servers/x/action", true)]
    [InlineData("/**/action", "/v2.1/servers/x/action", true)]
    [InlineData("/v2.1/servers", "/v2.1/serversx", false)]
    [InlineData("/**", "/", true)]
    [InlineData("/**/a/**/b/**", "/a/a/c/b", true)]
    [InlineData("/**/a/**/b/*", "/a/b/a/b", false)]
    public void A_path_fits_its_pattern_or_not(string pattern, string path, bool fits) =>
        Assert.Equal(fits, AccessRuleCheck.Matches(pattern, path));

    [Fact]
    public void Nobody_writes_a_pattern_that_takes_long() =>
        Assert.False(
            AccessRuleCheck.Matches(
                string.Concat(Enumerable.Repeat("/**/a", 100)) + "/b",
                string.Concat(Enumerable.Repeat("/a", 1000))
            )
        );

    /// <summary>A user `u`, member of a project `p`, with a token.</summary>
    private sealed record Stage(IdentityWorld World, string User, string Project, string Token)
    {
        public string Path => $"users/{User}/application_credentials";

        public static async Task<Stage> SetAsync(IdentityWorld world)
        {
            var (host, admin) = (world.Host, await world.Host.AdminAsync());
            var (user, project) = (
                await host.NewUserAsync(admin, "u", "secret"),
                await host.NewProjectAsync(admin, "p")
            );
            await host.GrantAsync(admin, project, user, "member");
            return new(world, user, project, (await host.LoginAsync("u", "secret", "p")).Token);
        }

        public Task<Seen> CreateAsync(string body) =>
            World.Host.PostAsync(Path, Token, $$$"""{"application_credential":{{{body}}} }""");

        public Task<Seen> LoginAsync(Seen made)
        {
            var credential = made.Json.GetProperty("application_credential");
            return LoginAsync(
                World,
                $$$"""{"id":"{{{credential.GetProperty("id")}}}","secret":"{{{credential.GetProperty("secret")}}}"}"""
            );
        }

        public static Task<Seen> LoginAsync(IdentityWorld world, string proof) =>
            world.Host.PostAsync(
                "auth/tokens",
                null,
                $$$"""
                {"auth":{"identity":{"methods":["application_credential"],"application_credential":{{{proof}}} } } }
                """
            );
    }
}
