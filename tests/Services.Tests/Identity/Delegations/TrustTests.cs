namespace Pipeline.Services.Tests.Identity.Delegations;

public sealed class TrustTests
{
    [Fact]
    public async Task A_trust_lives()
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        var made = await stage.CreateAsync();
        made.Matches("trusts/create.201.json");
        var path = $"OS-TRUST/trusts/{made.Id("trust")}";
        foreach (var token in (string[])[stage.Trustor, stage.Trustee])
            Assert.Equal(200, (await world.Host.GetAsync(path, token)).Status);
        (await world.Host.GetAsync($"OS-TRUST/trusts?trustor_user_id={stage.TrustorId}", stage.Trustor)).Matches(
            "trusts/list.200.json"
        );
        Assert.Equal(["member"], (await world.Host.GetAsync($"{path}/roles", stage.Trustee)).Names("roles"));
        var role = await world.Host.IdAsync("roles", "member", stage.Admin);
        Assert.Equal(200, (await world.Host.GetAsync($"{path}/roles/{role}", stage.Trustee)).Status);
        Assert.Equal(403, (await world.Host.GetAsync(path, await world.Host.DemoAsync())).Status);
        Assert.Equal(403, (await world.Host.GetAsync("OS-TRUST/trusts", stage.Trustor)).Status);
        Assert.Equal(200, (await world.Host.GetAsync("OS-TRUST/trusts", stage.Admin)).Status);
        Assert.Equal(403, (await world.Host.DeleteAsync(path, stage.Trustee)).Status);
        Assert.Equal(204, (await world.Host.DeleteAsync(path, stage.Trustor)).Status);
        Assert.Equal(404, (await world.Host.GetAsync(path, stage.Trustor)).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_trustee_acts_with_what_was_lent_and_no_more(bool impersonation)
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        var id = (await stage.CreateAsync(impersonation)).Id("trust");
        var login = await stage.LoginAsync(id);
        if (impersonation)
            login.Matches("trusts/issue.201.json");
        var caller = await world.Host.CallerAsync(login.Token);
        Assert.Equal(impersonation ? stage.TrustorId : stage.TrusteeId, caller!.UserId.Value);
        Assert.Equal((stage.Project, true), (caller.ProjectId!.Value.Value, caller.Restricted));
        Assert.Equal(["member", "reader"], caller.Roles);
        Assert.Equal(403, (await world.Host.RescopeAsync(login.Token, stage.Project)).Status);
        Assert.Equal(403, (await stage.CreateAsync(token: login.Token)).Status);
        Assert.Equal(401, (await stage.LoginAsync(id, "trustor")).Status);
        Assert.Equal(401, (await stage.LoginAsync("none")).Status);
    }

    [Theory]
    [InlineData("\"roles\":[{\"name\":\"member\"}]", "\"roles\":[]", 403)]
    [InlineData("\"roles\":[{\"name\":\"member\"}]", "\"roles\":[{\"name\":\"admin\"}]", 404)]
    [InlineData("\"impersonation\":true", "\"impersonation\":true,\"remaining_uses\":0", 400)]
    [InlineData("\"roles\"", "\"allow_redelegation\":true,\"redelegation_count\":4,\"roles\"", 403)]
    [InlineData("\"roles\"", "\"allow_redelegation\":true,\"remaining_uses\":3,\"roles\"", 400)]
    [InlineData("\"impersonation\":true", "\"impersonation\":true,\"expires_at\":\"2001-01-01T00:00:00Z\"", 400)]
    [InlineData("\"impersonation\":true,", "", 400)]
    public async Task A_body_is_checked_before_anything_is_written(string what, string by, int status)
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        var refused = await stage.CreateAsync(change: body => body.Replace(what, by));
        Assert.Equal(status, refused.Status);
        var left = await world.Host.GetAsync("OS-TRUST/trusts", stage.Admin);
        Assert.Equal(0, left.Json.GetProperty("trusts").GetArrayLength());
    }

    [Fact]
    public async Task A_trust_for_so_many_logins_is_over_after_them_even_when_they_come_at_once()
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        var made = await stage.CreateAsync(change: body => body.Replace("\"roles\"", "\"remaining_uses\":3,\"roles\""));
        var id = made.Id("trust");
        var logins = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => stage.LoginAsync(id)));
        Assert.Equal(3, logins.Count(login => login.Status == 201));
        Assert.Equal(5, logins.Count(login => login.Status == 401));
        Assert.Equal(404, (await world.Host.GetAsync($"OS-TRUST/trusts/{id}", stage.Trustor)).Status);
    }

    public static TheoryData<string> Ends =>
        ["it is deleted", "role taken", "trustor disabled", "trustee disabled", "trustor password", "project deleted"];

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task Its_tokens_end_within_a_second_on_every_functions_host(string why)
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        var (host, other) = (world.Host, world.NewHost());
        var id = (await stage.CreateAsync(impersonation: false)).Id("trust");
        var token = (await stage.LoginAsync(id)).Token;
        Assert.True(await other.HoldsAsync(token));
        var member = await host.IdAsync("roles", "member", stage.Admin);
        const string disable = """{"user":{"enabled":false}}""";
        _ = why switch
        {
            "it is deleted" => await host.DeleteAsync($"OS-TRUST/trusts/{id}", stage.Trustor),
            "role taken" => await host.DeleteAsync(
                $"projects/{stage.Project}/users/{stage.TrustorId}/roles/{member}",
                stage.Admin
            ),
            "trustor disabled" => await host.PatchAsync($"users/{stage.TrustorId}", stage.Admin, disable),
            "trustee disabled" => await host.PatchAsync($"users/{stage.TrusteeId}", stage.Admin, disable),
            "trustor password" => await host.PatchAsync(
                $"users/{stage.TrustorId}",
                stage.Admin,
                """{"user":{"password":"other"}}"""
            ),
            _ => await host.DeleteAsync($"projects/{stage.Project}", stage.Admin),
        };
        Assert.False(await host.HoldsAsync(token));
        world.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await other.HoldsAsync(token));
    }

    /// <summary>A trustor, member of a project, and a trustee without any role.</summary>
    private sealed record Stage(
        IdentityWorld World,
        string Admin,
        string TrustorId,
        string TrusteeId,
        string Project,
        string Trustor,
        string Trustee
    )
    {
        public static async Task<Stage> SetAsync(IdentityWorld world)
        {
            var (host, admin) = (world.Host, await world.Host.AdminAsync());
            var (trustor, trustee) = (
                await host.NewUserAsync(admin, "trustor", "secret"),
                await host.NewUserAsync(admin, "trustee", "secret")
            );
            var project = await host.NewProjectAsync(admin, "p");
            await host.GrantAsync(admin, project, trustor, "member");
            return new(
                world,
                admin,
                trustor,
                trustee,
                project,
                (await host.LoginAsync("trustor", "secret", "p")).Token,
                (await host.LoginAsync("trustee", "secret", null)).Token
            );
        }

        public Task<Seen> CreateAsync(
            bool impersonation = true,
            string? token = null,
            Func<string, string>? change = null
        )
        {
            var body = $$$"""
                {"trust":{"trustor_user_id":"{{{TrustorId}}}","trustee_user_id":"{{{TrusteeId}}}","project_id":"{{{Project}}}",
                "impersonation":{{{(impersonation ? "true" : "false")}}},"roles":[{"name":"member"}]}}
                """;
            return World.Host.PostAsync("OS-TRUST/trusts", token ?? Trustor, change?.Invoke(body) ?? body);
        }

        public Task<Seen> LoginAsync(string trust, string user = "trustee") =>
            World.Host.PostAsync(
                "auth/tokens",
                null,
                IdentityHost
                    .Login(user, "secret", null)
                    .Replace(
                        "\"scope\":\"unscoped\"",
                        $$$"""
                        "scope":{"OS-TRUST:trust":{"id":"{{{trust}}}"} }
                        """
                    )
            );
    }
}
