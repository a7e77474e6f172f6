namespace Pipeline.Services.Tests.Identity.Delegations;

/// <summary>Trusts that a trustee makes on what a trust has lent them.</summary>
public sealed class RedelegationTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Roles_are_lent_on_a_step_less_deep_each_time(bool impersonation)
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world, impersonation);
        var made = await stage.LendOnAsync("\"allow_redelegation\":true");
        var trust = made.Json.GetProperty("trust");
        Assert.Equal(2, trust.GetProperty("redelegation_count").GetInt32());
        Assert.Equal(stage.Trust, trust.GetProperty("redelegated_trust_id").GetString());
        var login = await stage.LoginAsync(made.Id("trust"), "helper");
        var caller = await world.Host.CallerAsync(login.Token);
        Assert.Equal(impersonation ? stage.Owner : stage.Helper, caller!.UserId.Value);
        Assert.Equal(["member", "reader"], caller.Roles);
        var shown = login.Json.GetProperty("token").GetProperty("OS-TRUST:trust");
        Assert.Equal(
            impersonation ? stage.Owner : stage.Agent,
            shown.GetProperty("trustor_user").GetProperty("id").GetString()
        );
        var last = await stage.LendOnAsync("\"redelegation_count\":0", login.Token, stage.Agent);
        Assert.Equal(0, last.Json.GetProperty("trust").GetProperty("redelegation_count").GetInt32());
        var end = (await stage.LoginAsync(last.Id("trust"), "agent")).Token;
        Assert.Equal(["member", "reader"], (await world.Host.CallerAsync(end))!.Roles);
        Assert.Equal(403, (await stage.LendOnAsync("", end, stage.Helper)).Status);
    }

    [Theory]
    [InlineData("\"redelegation_count\":3,\"allow_redelegation\":true", 403)]
    [InlineData("\"remaining_uses\":1", 403)]
    [InlineData("\"expires_at\":\"2031-01-01T00:00:00Z\"", 403)]
    [InlineData("\"roles\":[{\"name\":\"manager\"}]", 403)]
    [InlineData("\"roles\":[{\"name\":\"admin\"}]", 404)]
    [InlineData("\"project_id\":\"{other}\"", 403)]
    [InlineData("\"impersonation\":true", 403)]
    public async Task Nothing_more_is_lent_on_than_was_lent(string more, int status)
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world, impersonation: false);
        var other = await world.Host.NewProjectAsync(stage.Admin, "other");
        await world.Host.GrantAsync(stage.Admin, other, stage.Owner, "member");
        Assert.Equal(status, (await stage.LendOnAsync(more.Replace("{other}", other))).Status);
        var left = await world.Host.GetAsync("OS-TRUST/trusts", stage.Admin);
        Assert.Equal(1, left.Json.GetProperty("trusts").GetArrayLength());
        var made = await stage.LendOnAsync("");
        Assert.Equal(
            "2030-02-01T00:00:00.000000Z",
            made.Json.GetProperty("trust").GetProperty("expires_at").GetString()
        );
    }

    public static TheoryData<string> Ends =>
        ["the trust above deleted", "owner's role taken", "agent disabled", "agent deleted", "agent's password"];

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task What_was_lent_on_ends_with_all_that_it_came_through(string why)
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world, impersonation: false);
        var (host, other) = (world.Host, world.NewHost());
        var id = (await stage.LendOnAsync("")).Id("trust");
        var token = (await stage.LoginAsync(id, "helper")).Token;
        Assert.True(await other.HoldsAsync(token));
        var member = await host.IdAsync("roles", "member", stage.Admin);
        var seen = why switch
        {
            "the trust above deleted" => await host.DeleteAsync($"OS-TRUST/trusts/{stage.Trust}", stage.Admin),
            "owner's role taken" => await host.DeleteAsync(
                $"projects/{stage.Project}/users/{stage.Owner}/roles/{member}",
                stage.Admin
            ),
            "agent disabled" => await host.PatchAsync(
                $"users/{stage.Agent}",
                stage.Admin,
                """{"user":{"enabled":false}}"""
            ),
            "agent deleted" => await host.DeleteAsync($"users/{stage.Agent}", stage.Admin),
            _ => await host.PatchAsync($"users/{stage.Agent}", stage.Admin, """{"user":{"password":"other"}}"""),
        };
        Assert.InRange(seen.Status, 200, 204);
        Assert.False(await host.HoldsAsync(token));
        world.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await other.HoldsAsync(token));
        var ended = why is not ("agent disabled" or "agent's password");
        Assert.Equal(ended ? 404 : 200, (await host.GetAsync($"OS-TRUST/trusts/{id}", stage.Admin)).Status);
        Assert.Equal(why == "agent's password" ? 201 : 401, (await stage.LoginAsync(id, "helper")).Status);
    }

    [Fact]
    public async Task A_trusts_token_deletes_what_it_lent_on_and_no_other_trust()
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world, impersonation: true);
        var owners = (await world.Host.LoginAsync("owner", "secret", "p")).Token;
        var own = (await stage.LendAsync(owners, stage.Owner, stage.Helper, true, "")).Id("trust");
        var on = (await stage.LendOnAsync("")).Id("trust");
        Assert.Equal(403, (await world.Host.DeleteAsync($"OS-TRUST/trusts/{own}", stage.Token)).Status);
        Assert.Equal(204, (await world.Host.DeleteAsync($"OS-TRUST/trusts/{on}", stage.Token)).Status);
        Assert.Equal(200, (await world.Host.GetAsync($"OS-TRUST/trusts/{stage.Trust}", stage.Token)).Status);
    }

    /// <summary>An owner, manager of a project, whose trust an agent may lend on to a helper.</summary>
    private sealed record Stage(
        IdentityWorld World,
        string Admin,
        string Owner,
        string Agent,
        string Helper,
        string Project,
        bool Impersonation
    )
    {
        public string Trust { get; private set; } = "";

        /// <summary>The agent's, on the trust.</summary>
        public string Token { get; private set; } = "";

        public static async Task<Stage> SetAsync(IdentityWorld world, bool impersonation)
        {
            var (host, admin) = (world.Host, await world.Host.AdminAsync());
            var users = new List<string>();
            foreach (var name in (string[])["owner", "agent", "helper"])
                users.Add(await host.NewUserAsync(admin, name, "secret"));
            var project = await host.NewProjectAsync(admin, "p");
            foreach (var role in (string[])["manager", "member"])
                await host.GrantAsync(admin, project, users[0], role);
            var stage = new Stage(world, admin, users[0], users[1], users[2], project, impersonation);
            const string more = "\"allow_redelegation\":true,\"expires_at\":\"2030-02-01T00:00:00Z\"";
            var owners = (await host.LoginAsync("owner", "secret", "p")).Token;
            stage.Trust = (await stage.LendAsync(owners, stage.Owner, stage.Agent, impersonation, more)).Id("trust");
            stage.Token = (await stage.LoginAsync(stage.Trust, "agent")).Token;
            return stage;
        }

        /// <summary>What a body says twice is what it says last.</summary>
        public async Task<Seen> LendOnAsync(string more, string? token = null, string? to = null)
        {
            var caller = (await World.Host.CallerAsync(token ?? Token))!;
            return await LendAsync(token ?? Token, caller.UserId.Value, to ?? Helper, Impersonation, more);
        }

        public Task<Seen> LendAsync(string token, string from, string to, bool impersonation, string more)
        {
            var body = $$$"""
                {"trust":{"trustor_user_id":"{{{from}}}","trustee_user_id":"{{{to}}}","project_id":"{{{Project}}}",
                "impersonation":{{{(impersonation ? "true" : "false")}}},"roles":[{"name":"member"}]
                {{{(more.Length > 0 ? "," : "")}}}{{{more}}}}}
                """;
            return World.Host.PostAsync("OS-TRUST/trusts", token, body);
        }

        public Task<Seen> LoginAsync(string trust, string user) =>
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
