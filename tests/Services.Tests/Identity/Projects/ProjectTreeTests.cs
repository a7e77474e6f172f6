namespace Pipeline.Services.Tests.Identity.Projects;

public sealed class ProjectTreeTests
{
    [Fact]
    public async Task A_project_shows_what_is_above_and_below_it()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin) = (world.Host, await world.Host.AdminAsync());
        var line = await LineAsync(host, admin, 3);
        (await host.GetAsync($"projects/{line[1]}?parents_as_ids&subtree_as_ids", admin)).Matches(
            "projects/tree-ids.200.json"
        );
        await host.GrantAsync(admin, line[2], await host.IdAsync("users", "admin", admin), "reader");
        (await host.GetAsync($"projects/{line[1]}?parents_as_list&subtree_as_list", admin)).Matches(
            "projects/tree-lists.200.json"
        );
        Assert.Equal(400, (await host.GetAsync($"projects/{line[1]}?parents_as_list&parents_as_ids", admin)).Status);
        Assert.Equal(["p1"], (await host.GetAsync($"projects?parent_id={line[0]}", admin)).Names("projects"));
        Assert.Equal(3, (await host.GetAsync("projects?parent_id=default", admin)).Names("projects").Count());
    }

    [Fact]
    public async Task A_tree_is_at_most_five_projects_deep()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin) = (world.Host, await world.Host.AdminAsync());
        var line = await LineAsync(host, admin, 5);
        var refused = await NewAsync(host, admin, "p5", line[4]);
        Assert.Equal((403, $"Max hierarchy depth reached for {line[4]} branch."), (refused.Status, refused.Message));
    }

    [Fact]
    public async Task Nothing_is_enabled_below_what_is_disabled_and_only_leaves_are_deleted()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin) = (world.Host, await world.Host.AdminAsync());
        var line = await LineAsync(host, admin, 2);
        Assert.Equal(403, await EnableAsync(line[0], false));
        Assert.Equal(200, await EnableAsync(line[1], false));
        Assert.Equal(200, await EnableAsync(line[0], false));
        Assert.Equal(403, await EnableAsync(line[1], true));
        Assert.Equal(403, (await NewAsync(host, admin, "new", line[0])).Status);
        Assert.Equal(403, (await host.DeleteAsync($"projects/{line[0]}", admin)).Status);
        Assert.Equal(204, (await host.DeleteAsync($"projects/{line[1]}", admin)).Status);
        Assert.Equal(204, (await host.DeleteAsync($"projects/{line[0]}", admin)).Status);

        async Task<int> EnableAsync(string id, bool enabled) =>
            (
                await host.PatchAsync(
                    $"projects/{id}",
                    admin,
                    $$$"""{"project":{"enabled":{{{(enabled ? "true" : "false")}}}}}"""
                )
            ).Status;
    }

    [Fact]
    public async Task Tags_are_set_added_checked_and_removed()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin) = (world.Host, await world.Host.AdminAsync());
        var tags = $"projects/{await host.NewProjectAsync(admin, "p")}/tags";
        var set = await host.SendAsync("PUT", $"/identity/v3/{tags}", admin, """{"tags":["a","b"]}""");
        set.Matches("projects/tags.200.json");
        Assert.Equal(201, (await host.PutAsync($"{tags}/c%20d", admin)).Status);
        Assert.Equal(201, (await host.PutAsync($"{tags}/c%20d", admin)).Status);
        Assert.Equal(204, (await host.GetAsync($"{tags}/c%20d", admin)).Status);
        Assert.Equal(204, (await host.DeleteAsync($"{tags}/a", admin)).Status);
        Assert.Equal(404, (await host.DeleteAsync($"{tags}/a", admin)).Status);
        Assert.Equal(400, (await host.PutAsync($"{tags}/x,y", admin)).Status);
        var left = (await host.GetAsync(tags, admin)).Json.GetProperty("tags").EnumerateArray();
        Assert.Equal(["b", "c d"], left.Select(tag => tag.GetString()));
        Assert.Equal(["p"], (await host.GetAsync("projects?tags=b", admin)).Names("projects"));
        Assert.Equal(204, (await host.DeleteAsync(tags, admin)).Status);
        Assert.Equal(404, (await host.GetAsync($"{tags}/b", admin)).Status);
    }

    private static async Task<List<string>> LineAsync(IdentityHost host, string admin, int length)
    {
        var line = new List<string>();
        for (var i = 0; i < length; i++)
            line.Add((await NewAsync(host, admin, $"p{i}", line.LastOrDefault() ?? "default")).Id("project"));
        return line;
    }

    private static Task<Seen> NewAsync(IdentityHost host, string admin, string name, string parent) =>
        host.PostAsync("projects", admin, $$$"""{"project":{"name":"{{{name}}}","parent_id":"{{{parent}}}"}}""");
}
