namespace Pipeline.Services.Tests.Identity.Assignments;

public sealed class AssignmentTests
{
    [Fact]
    public async Task A_role_is_given_seen_and_taken()
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        Assert.Equal(404, (await stage.SendAsync("HEAD", "member")).Status);
        Assert.Equal(204, (await stage.SendAsync("PUT", "member")).Status);
        Assert.Equal(204, (await stage.SendAsync("PUT", "member")).Status);
        Assert.Equal(204, (await stage.SendAsync("HEAD", "member")).Status);
        Assert.Equal(204, (await stage.SendAsync("GET", "member")).Status);
        Assert.Equal(404, (await stage.SendAsync("GET", "reader")).Status); // implied is not assigned
        var listed = await stage.Host.GetAsync($"projects/{stage.Project}/users/{stage.User}/roles", stage.Admin);
        listed.Matches("assignments/list-grants.200.json");
        Assert.Equal(204, (await stage.SendAsync("DELETE", "member")).Status);
        (await stage.SendAsync("DELETE", "member")).Matches("assignments/revoke.404.json");
    }

    [Fact]
    public async Task A_role_is_given_only_to_who_exists_on_what_exists()
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        var member = await stage.Host.IdAsync("roles", "member", stage.Admin);
        foreach (var method in (string[])["PUT", "GET", "DELETE"])
        {
            Assert.Equal(404, await StatusAsync(method, "nothing", stage.User, member));
            Assert.Equal(404, await StatusAsync(method, stage.Project, "nobody", member));
            Assert.Equal(404, await StatusAsync(method, stage.Project, stage.User, "none"));
        }

        async Task<int> StatusAsync(string method, string project, string user, string role) =>
            (
                await stage.Host.SendAsync(
                    method,
                    $"/identity/v3/projects/{project}/users/{user}/roles/{role}",
                    stage.Admin
                )
            ).Status;
    }

    [Fact]
    public async Task Assignments_are_listed_in_the_documented_shapes()
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        await stage.SendAsync("PUT", "member");
        var query = $"role_assignments?user.id={stage.User}&scope.project.id={stage.Project}";
        (await stage.Host.GetAsync(query, stage.Admin)).Matches("assignments/list.200.json");
        (await stage.Host.GetAsync($"{query}&include_names=True", stage.Admin)).Matches(
            "assignments/list-names.200.json"
        );
        (await stage.Host.GetAsync($"{query}&effective", stage.Admin)).Matches("assignments/list-effective.200.json");
    }

    [Fact]
    public async Task Assignments_are_filtered_by_user_project_and_role()
    {
        await using var world = await IdentityWorld.StartAsync();
        var stage = await Stage.SetAsync(world);
        await stage.SendAsync("PUT", "member");
        var reader = await stage.Host.IdAsync("roles", "reader", stage.Admin);
        Assert.Equal(6, await CountAsync(""));
        Assert.Equal(1, await CountAsync($"user.id={stage.User}"));
        Assert.Equal(1, await CountAsync($"scope.project.id={stage.Project}"));
        Assert.Equal(1, await CountAsync($"role.id={reader}"));
        Assert.Equal(2, await CountAsync($"user.id={stage.User}&effective=1"));
        Assert.Equal(1, await CountAsync($"user.id={stage.User}&effective=0"));
        Assert.Equal(1, await CountAsync($"user.id={stage.User}&role.id={reader}&effective"));
        Assert.Equal(1, await CountAsync("scope.system=all"));
        Assert.Equal(0, await CountAsync("scope.domain.id=default"));
        Assert.Equal(0, await CountAsync("group.id=x"));

        async Task<int> CountAsync(string query) =>
            (await stage.Host.GetAsync($"role_assignments?{query}", stage.Admin))
                .Json.GetProperty("role_assignments")
                .GetArrayLength();
    }

    private static readonly string[] Contradictions =
    [
        "scope.project.id=x&scope.domain.id=y",
        "scope.project.id=x&scope.system=all",
        "user.id=x&group.id=y",
        "group.id=y&effective",
    ];

    [Fact]
    public async Task Filters_that_contradict_each_other_are_refused()
    {
        await using var world = await IdentityWorld.StartAsync();
        var admin = await world.Host.AdminAsync();
        foreach (var query in Contradictions)
        {
            var seen = await world.Host.GetAsync($"role_assignments?{query}", admin);
            Assert.Equal((query, 400), (query, seen.Status));
        }
    }

    private sealed record Stage(IdentityHost Host, string Admin, string User, string Project)
    {
        public static async Task<Stage> SetAsync(IdentityWorld world)
        {
            var (host, admin) = (world.Host, await world.Host.AdminAsync());
            return new(
                host,
                admin,
                await host.NewUserAsync(admin, "u", "secret"),
                await host.NewProjectAsync(admin, "p")
            );
        }

        public async Task<Seen> SendAsync(string method, string role)
        {
            var id = await Host.IdAsync("roles", role, Admin);
            return await Host.SendAsync(method, $"/identity/v3/projects/{Project}/users/{User}/roles/{id}", Admin);
        }
    }
}
