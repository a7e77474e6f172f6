using System.Text.Json;

namespace Pipeline.Services.Tests.Identity.Assignments;

/// <summary>Roles on domains and the system, inherited ones, implied ones and those of domains: what tokens have of them.</summary>
public sealed class ReachTests
{
    private static readonly string[] Both = ["member", "reader"];

    [Fact]
    public async Task A_role_on_a_domain_is_good_for_a_token_of_that_domain_alone()
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        await stage.PutAsync($"domains/default/users/{stage.User}/roles/{stage.Member}");
        var login = await stage.LoginAsync("""{"domain":{"id":"default"}}""");
        login.Matches("auth/issue-domain.201.json");
        var caller = await world.Host.CallerAsync(login.Token);
        Assert.Equal(("default", null), (caller!.DomainId!.Value.Value, caller.ProjectId));
        Assert.Equal(Both, caller.Roles);
        Assert.Equal(401, (await stage.LoginAsync(OnProject(stage.Parent))).Status);
        Assert.Equal(["Default"], (await world.Host.GetAsync("auth/domains", login.Token)).Names("domains"));
        Assert.Equal(200, (await world.Host.GetAsync("domains/default", login.Token)).Status);
        await stage.EndAsync($"domains/default/users/{stage.User}/roles/{stage.Member}", login.Token);
    }

    [Fact]
    public async Task A_role_on_the_system_is_good_for_a_token_of_the_system_alone()
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        await stage.PutAsync($"system/users/{stage.User}/roles/{stage.Member}");
        var listed = await world.Host.GetAsync($"system/users/{stage.User}/roles", stage.Admin);
        Assert.Equal(["member"], listed.Names("roles"));
        var login = await stage.LoginAsync("""{"system":{"all":true}}""");
        login.Matches("auth/issue-system.201.json");
        Assert.True((await world.Host.CallerAsync(login.Token))!.System);
        (await world.Host.GetAsync("auth/system", login.Token)).Matches("auth/system-all.200.json");
        Assert.Equal(200, (await world.Host.GetAsync("users", login.Token)).Status); // a reader of the system
        Assert.Equal(403, (await world.Host.PostAsync("users", login.Token, """{"user":{"name":"x"}}""")).Status);
        await stage.EndAsync($"system/users/{stage.User}/roles/{stage.Member}", login.Token);
    }

    [Theory]
    [InlineData("projects", "users")]
    [InlineData("projects", "groups")]
    [InlineData("domains", "users")]
    [InlineData("domains", "groups")]
    public async Task An_inherited_role_holds_on_what_is_below_and_not_on_its_target(string targets, string actors)
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        var (target, actor) = (
            targets == "projects" ? stage.Parent : "default",
            actors == "users" ? stage.User : stage.Group
        );
        var path = $"OS-INHERIT/{targets}/{target}/{actors}/{actor}/roles/{stage.Member}/inherited_to_projects";
        Assert.Equal(404, (await world.Host.GetAsync(path, stage.Admin)).Status);
        await stage.PutAsync(path);
        Assert.Equal(204, (await world.Host.GetAsync(path, stage.Admin)).Status);
        var login = await stage.LoginAsync(OnProject(stage.Child));
        Assert.Equal(Both, (await world.Host.CallerAsync(login.Token))!.Roles);
        Assert.Equal(targets == "projects" ? 401 : 201, (await stage.LoginAsync(OnProject(stage.Parent))).Status);
        Assert.Equal(401, (await stage.LoginAsync("""{"domain":{"id":"default"}}""")).Status);
        Assert.Contains("child", (await world.Host.GetAsync("auth/projects", login.Token)).Names("projects"));
        var query = $"role_assignments?effective&user.id={stage.User}&scope.project.id={stage.Child}";
        Assert.Equal(
            2,
            (await world.Host.GetAsync(query, stage.Admin)).Json.GetProperty("role_assignments").GetArrayLength()
        );
        if (targets == "domains" && actors == "groups")
            (await world.Host.GetAsync($"{query}&include_names", stage.Admin)).Matches(
                "assignments/inherited.200.json"
            );
        await stage.EndAsync(path, login.Token);
    }

    [Fact]
    public async Task An_implied_role_comes_and_goes_with_its_rule()
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        var (host, admin) = (world.Host, stage.Admin);
        var auditor = (await host.PostAsync("roles", admin, """{"role":{"name":"auditor"}}""")).Id("role");
        await stage.PutAsync($"projects/{stage.Parent}/users/{stage.User}/roles/{auditor}");
        var rule = $"roles/{auditor}/implies/{stage.Member}";
        Assert.Equal(404, (await host.GetAsync(rule, admin)).Status);
        (await host.PutAsync(rule, admin)).Matches("roles/imply.201.json");
        Assert.Equal(204, (await host.SendAsync("HEAD", $"/identity/v3/{rule}", admin)).Status);
        (await host.GetAsync($"roles/{auditor}/implies", admin)).Matches("roles/implies.200.json");
        (await host.GetAsync("role_inferences", admin)).Matches("roles/inferences.200.json");
        var token = (await stage.LoginAsync(OnProject(stage.Parent))).Token;
        Assert.Equal(["reader", "member", "auditor"], (await host.CallerAsync(token))!.Roles.OrderBy(Rank));
        await stage.EndAsync(rule, token);
        Assert.Equal(
            403,
            (
                await host.PutAsync($"roles/{auditor}/implies/{await host.IdAsync("roles", "admin", admin)}", admin)
            ).Status
        );

        static int Rank(string role) => Array.IndexOf(["reader", "member", "auditor"], role);
    }

    [Fact]
    public async Task A_role_of_a_domain_stands_for_what_it_implies_and_stays_in_its_domain()
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        var (host, admin) = (world.Host, stage.Admin);
        var body = """{"role":{"name":"member","domain_id":"default"}}""";
        var role = (await host.PostAsync("roles", admin, body)).Id("role"); // the name is free: it is the domain's
        Assert.Equal(409, (await host.PostAsync("roles", admin, body)).Status);
        Assert.Equal(["member"], (await host.GetAsync("roles?domain_id=default", admin)).Names("roles"));
        Assert.Equal(5, (await host.GetAsync("roles", admin)).Names("roles").Count());
        Assert.Equal(201, (await host.PutAsync($"roles/{role}/implies/{stage.Member}", admin)).Status);
        Assert.Equal(403, (await host.PutAsync($"roles/{stage.Member}/implies/{role}", admin)).Status);
        await stage.PutAsync($"projects/{stage.Parent}/users/{stage.User}/roles/{role}");
        var token = (await stage.LoginAsync(OnProject(stage.Parent))).Token;
        Assert.Equal(Both, (await host.CallerAsync(token))!.Roles);
        Assert.Equal(400, (await host.PutAsync($"system/users/{stage.User}/roles/{role}", admin)).Status);
        var elsewhere = (await host.PostAsync("domains", admin, """{"domain":{"name":"other"}}""")).Id("domain");
        Assert.Equal(403, (await host.PutAsync($"domains/{elsewhere}/users/{stage.User}/roles/{role}", admin)).Status);
        await stage.EndAsync($"roles/{role}", token);
    }

    [Fact]
    public async Task A_manager_of_a_domain_rules_there_and_nowhere_else()
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        var host = world.Host;
        var manager = await host.IdAsync("roles", "manager", stage.Admin);
        var adminRole = await host.IdAsync("roles", "admin", stage.Admin);
        var other = (await host.PostAsync("domains", stage.Admin, """{"domain":{"name":"other"}}""")).Id("domain");
        await stage.PutAsync($"domains/default/users/{stage.User}/roles/{manager}");
        var token = (await stage.LoginAsync("""{"domain":{"id":"default"}}""")).Token;
        var user = (await host.PostAsync("users", token, """{"user":{"name":"new"}}""")).Id("user");
        Assert.Equal(
            403,
            (await host.PostAsync("users", token, $$$"""{"user":{"name":"n","domain_id":"{{{other}}}"}}""")).Status
        );
        Assert.Equal(200, (await host.GetAsync($"users/{user}", token)).Status);
        Assert.Equal(201, (await host.PostAsync("projects", token, """{"project":{"name":"new"}}""")).Status);
        Assert.Equal(403, (await host.PostAsync("domains", token, """{"domain":{"name":"third"}}""")).Status);
        Assert.Equal(
            204,
            (await host.PutAsync($"projects/{stage.Parent}/users/{user}/roles/{stage.Member}", token)).Status
        );
        Assert.Equal(
            403,
            (await host.PutAsync($"projects/{stage.Parent}/users/{user}/roles/{adminRole}", token)).Status
        );
        Assert.Equal(403, (await host.PutAsync($"system/users/{user}/roles/{stage.Member}", token)).Status);
        Assert.Equal(["Default"], (await host.GetAsync("domains", token)).Names("domains"));
    }

    private static string OnProject(string id) => $$$"""{"project":{"id":"{{{id}}}"}}""";

    /// <summary>A user `u` in a group `g`, and a project `child` below a project `parent`.</summary>
    private sealed record Stage(
        IdentityWorld World,
        string Admin,
        string User,
        string Group,
        string Parent,
        string Child,
        string Member
    )
    {
        public static async Task<Stage> SetAsync(IdentityWorld world)
        {
            var (host, admin) = (world.Host, await world.Host.AdminAsync());
            var user = await host.NewUserAsync(admin, "u", "secret");
            var group = (await host.PostAsync("groups", admin, """{"group":{"name":"g"}}""")).Id("group");
            Assert.Equal(204, (await host.PutAsync($"groups/{group}/users/{user}", admin)).Status);
            var parent = await host.NewProjectAsync(admin, "parent");
            var body = $$$"""{"project":{"name":"child","parent_id":"{{{parent}}}"}}""";
            var child = (await host.PostAsync("projects", admin, body)).Id("project");
            return new(world, admin, user, group, parent, child, await host.IdAsync("roles", "member", admin));
        }

        public async Task PutAsync(string path) => Assert.Equal(204, (await World.Host.PutAsync(path, Admin)).Status);

        public Task<Seen> LoginAsync(string scope) =>
            World.Host.PostAsync(
                "auth/tokens",
                null,
                IdentityHost.Login("u", "secret", null).Replace("\"scope\":\"unscoped\"", $"\"scope\":{scope}")
            );

        /// <summary>What is deleted takes the token with it, within a second on another functions host too.</summary>
        public async Task EndAsync(string path, string token)
        {
            var other = World.NewHost();
            Assert.True(await other.HoldsAsync(token));
            Assert.Equal(204, (await World.Host.DeleteAsync(path, Admin)).Status);
            Assert.False(await World.Host.HoldsAsync(token));
            World.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.False(await other.HoldsAsync(token));
        }
    }
}
