namespace Pipeline.Services.Tests.Identity.Changes;

public sealed class RevocationTests
{
    /// <summary>What ends the tokens of the user `u` on the project `p`: a request by an admin.</summary>
    public static TheoryData<string> Ends =>
        [
            "the user is disabled",
            "the user is deleted",
            "the password is changed by its user",
            "the password is set by an admin",
            "the project is disabled",
            "the project is deleted",
            "the role is taken",
            "the role is deleted",
            "the token is ended",
        ];

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task A_token_ends_at_once_on_the_functions_host_where_that_was_decided(string why)
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        Assert.True(await world.Host.HoldsAsync(stage.Token));
        await stage.EndAsync(why);
        Assert.False(await world.Host.HoldsAsync(stage.Token));
        Assert.Equal(401, (await world.Host.GetAsync("auth/projects", stage.Token)).Status);
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task A_token_ends_within_a_second_on_every_other_functions_host(string why)
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        var other = world.NewHost();
        Assert.True(await other.HoldsAsync(stage.Token));
        await stage.EndAsync(why);
        world.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await other.HoldsAsync(stage.Token));
    }

    [Fact]
    public async Task A_functions_host_asks_the_database_no_more_than_once_a_second()
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        var other = world.NewHost();
        Assert.True(await other.HoldsAsync(stage.Token));
        await stage.EndAsync("the user is disabled");
        world.Time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.True(await other.HoldsAsync(stage.Token)); // so it answered from memory
    }

    [Fact]
    public async Task A_token_issued_after_the_change_holds_even_within_the_same_second()
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        await stage.EndAsync("the password is set by an admin");
        var login = await world.Host.LoginAsync("u", "changed", "p");
        Assert.Equal(201, login.Status);
        Assert.True(await world.Host.HoldsAsync(login.Token));
        Assert.True(await world.NewHost().HoldsAsync(login.Token));
    }

    [Fact]
    public async Task A_token_holds_at_once_on_a_functions_host_that_has_not_yet_heard_of_its_role()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, other) = (world.Host, world.NewHost());
        var admin = await host.AdminAsync();
        Assert.True(await other.HoldsAsync(admin));
        await host.PostAsync("roles", admin, """{"role":{"name":"auditor"}}""");
        var (user, project) = (await host.NewUserAsync(admin, "u", "secret"), await host.NewProjectAsync(admin, "p"));
        await host.GrantAsync(admin, project, user, "auditor");
        var token = (await host.LoginAsync("u", "secret", "p")).Token;
        Assert.Equal(["auditor"], (await other.CallerAsync(token))!.Roles);
    }

    [Fact]
    public async Task Another_name_is_shown_on_every_functions_host_within_a_second()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, other) = (world.Host, world.NewHost());
        var (admin, token) = (await host.AdminAsync(), await host.DemoAsync());
        Assert.Equal("demo", (await other.CallerAsync(token))!.UserName);
        var id = await host.IdAsync("users", "demo", admin);
        await host.PatchAsync($"users/{id}", admin, """{"user":{"name":"renamed"}}""");
        Assert.Equal("renamed", (await host.CallerAsync(token))!.UserName);
        Assert.Equal(401, (await host.LoginAsync("demo", world.Passwords.Demo, "demo")).Status);
        Assert.Equal(201, (await host.LoginAsync("renamed", world.Passwords.Demo, "demo")).Status);
        world.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("renamed", (await other.CallerAsync(token))!.UserName);
    }

    [Fact]
    public async Task A_functions_host_that_starts_later_knows_what_was_revoked_before()
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        await stage.EndAsync("the token is ended");
        Assert.False(await world.NewHost().HoldsAsync(stage.Token));
    }

    [Fact]
    public async Task Changes_are_forgotten_when_no_token_can_be_hit_by_them_any_more()
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        var (asleep, forget) = (world.NewHost(), ForgetOf(world));
        Assert.True(await asleep.HoldsAsync(stage.Token));
        await stage.RenameAsync("renamed");
        await forget();
        Assert.NotEqual(0, await KeptAsync(world));
        world.Time.Advance(TimeSpan.FromHours(1) + TimeSpan.FromMinutes(5));
        await forget();
        Assert.Equal(0, await KeptAsync(world));
        var late = (await world.Host.LoginAsync("renamed", "secret", "p")).Token;
        Assert.Equal("renamed", (await asleep.CallerAsync(late))!.UserName);
    }

    [Fact]
    public async Task A_role_given_does_not_enter_tokens_that_were_issued_before()
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        await stage.GiveAsync("manager");
        Assert.Equal(["member", "reader"], (await world.Host.CallerAsync(stage.Token))!.Roles);
    }

    private static Func<Task> ForgetOf(IdentityWorld world)
    {
        var sweep = new Pipeline.Identity.Changes.ForgetChanges(
            world.Database,
            world.Host.Get<Pipeline.Identity.IdentityStore>()
        );
        var now = world.Time.GetUtcNow();
        return () => sweep.RunAsync(new(new(now, now), false));
    }

    private static Task<long> KeptAsync(IdentityWorld world) =>
        world.Database.ReadAsync(tx => tx.ScalarAsync<long>("SELECT COUNT(*) FROM identity_changes"));

    /// <summary>A user `u`, member of a project `p`, with a token.</summary>
    private sealed record Stage(IdentityHost Host, string Admin, string User, string Project, string Token)
    {
        public static async Task<Stage> SetAsync(IdentityWorld world)
        {
            var host = world.Host;
            var admin = await host.AdminAsync();
            var (user, project) = (
                await host.NewUserAsync(admin, "u", "secret"),
                await host.NewProjectAsync(admin, "p")
            );
            await host.GrantAsync(admin, project, user, "member");
            return new(host, admin, user, project, (await host.LoginAsync("u", "secret", "p")).Token);
        }

        public Task GiveAsync(string role) => Host.GrantAsync(Admin, Project, User, role);

        public Task RenameAsync(string name) =>
            Host.PatchAsync($"users/{User}", Admin, $$$"""{"user":{"name":"{{{name}}}"}}""");

        public async Task EndAsync(string why)
        {
            var member = await Host.IdAsync("roles", "member", Admin);
            var seen = why switch
            {
                "the user is disabled" => await Host.PatchAsync(
                    $"users/{User}",
                    Admin,
                    """{"user":{"enabled":false}}"""
                ),
                "the user is deleted" => await Host.DeleteAsync($"users/{User}", Admin),
                "the password is changed by its user" => await Host.PostAsync(
                    $"users/{User}/password",
                    null,
                    """{"user":{"original_password":"secret","password":"changed"}}"""
                ),
                "the password is set by an admin" => await Host.PatchAsync(
                    $"users/{User}",
                    Admin,
                    """{"user":{"password":"changed"}}"""
                ),
                "the project is disabled" => await Host.PatchAsync(
                    $"projects/{Project}",
                    Admin,
                    """{"project":{"enabled":false}}"""
                ),
                "the project is deleted" => await Host.DeleteAsync($"projects/{Project}", Admin),
                "the role is taken" => await Host.DeleteAsync($"projects/{Project}/users/{User}/roles/{member}", Admin),
                "the role is deleted" => await Host.DeleteAsync($"roles/{member}", Admin),
                _ => await Host.SubjectAsync("DELETE", Token, Token),
            };
            Assert.InRange(seen.Status, 200, 204);
        }
    }
}
