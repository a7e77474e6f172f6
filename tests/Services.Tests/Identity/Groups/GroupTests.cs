namespace Pipeline.Services.Tests.Identity.Groups;

public sealed class GroupTests
{
    [Fact]
    public async Task A_group_lives()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin) = (world.Host, await world.Host.AdminAsync());
        var made = await host.PostAsync("groups", admin, """{"group":{"name":"g","description":"d","owner":"me"}}""");
        made.Matches("groups/create.201.json");
        var id = made.Id("group");
        (await host.GetAsync($"groups/{id}", admin)).Matches("groups/show.200.json");
        Assert.Equal(409, (await host.PostAsync("groups", admin, """{"group":{"name":"g"}}""")).Status);
        var changed = await host.PatchAsync($"groups/{id}", admin, """{"group":{"name":"h"}}""");
        Assert.Equal("h", changed.Json.GetProperty("group").GetProperty("name").GetString());
        Assert.Equal(["h"], (await host.GetAsync("groups?name=h&domain_id=default", admin)).Names("groups"));
        Assert.Empty((await host.GetAsync("groups?name=g", admin)).Names("groups"));
        Assert.Equal(204, (await host.DeleteAsync($"groups/{id}", admin)).Status);
        Assert.Equal(404, (await host.DeleteAsync($"groups/{id}", admin)).Status);
        Assert.Equal(404, (await host.GetAsync($"groups/{id}", admin)).Status);
    }

    [Theory]
    [InlineData("""{"group":{}}""", 400)]
    [InlineData("""{"group":{"name":""}}""", 400)]
    [InlineData("""{"group":{"name":"x","description":7}}""", 400)]
    [InlineData("""{"group":{"name":"x","domain_id":"nowhere"}}""", 404)]
    public async Task A_body_is_checked_before_anything_is_written(string body, int status)
    {
        await using var world = await IdentityWorld.StartAsync();
        var admin = await world.Host.AdminAsync();
        Assert.Equal(status, (await world.Host.PostAsync("groups", admin, body)).Status);
        Assert.Empty((await world.Host.GetAsync("groups", admin)).Names("groups"));
    }

    [Fact]
    public async Task Users_come_and_go()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin) = (world.Host, await world.Host.AdminAsync());
        var (group, user) = (await NewGroupAsync(host, admin), await host.NewUserAsync(admin, "u", "secret"));
        var path = $"groups/{group}/users/{user}";
        Assert.Equal(404, (await host.GetAsync(path, admin)).Status);
        Assert.Equal(204, (await host.PutAsync(path, admin)).Status);
        Assert.Equal(204, (await host.PutAsync(path, admin)).Status);
        Assert.Equal(204, (await host.SendAsync("HEAD", $"/identity/v3/{path}", admin)).Status);
        Assert.Equal(["u"], (await host.GetAsync($"groups/{group}/users", admin)).Names("users"));
        Assert.Equal(["g"], (await host.GetAsync($"users/{user}/groups", admin)).Names("groups"));
        Assert.Equal(204, (await host.DeleteAsync(path, admin)).Status);
        Assert.Equal(404, (await host.DeleteAsync(path, admin)).Status);
        Assert.Equal(404, (await host.PutAsync($"groups/{group}/users/nobody", admin)).Status);
        Assert.Equal(404, (await host.PutAsync($"groups/none/users/{user}", admin)).Status);
    }

    [Fact]
    public async Task A_user_sees_their_own_groups_alone()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin, demo) = (world.Host, await world.Host.AdminAsync(), await world.Host.DemoAsync());
        var own = await host.IdAsync("users", "demo", admin);
        var other = await host.IdAsync("users", "admin", admin);
        Assert.Equal(200, (await host.GetAsync($"users/{own}/groups", demo)).Status);
        Assert.Equal(403, (await host.GetAsync($"users/{other}/groups", demo)).Status);
        Assert.Equal(403, (await host.GetAsync("groups", demo)).Status);
    }

    /// <summary>What takes from `u` the role that they have by the group `g` on the project `p`.</summary>
    public static TheoryData<string> Ends => ["leaves", "group deleted", "role taken", "user deleted"];

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task What_a_user_has_by_a_group_ends_with_it_within_a_second_on_every_functions_host(string why)
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, other, admin) = (world.Host, world.NewHost(), await world.Host.AdminAsync());
        var (group, user) = (await NewGroupAsync(host, admin), await host.NewUserAsync(admin, "u", "secret"));
        var project = await host.NewProjectAsync(admin, "p");
        var role = await host.IdAsync("roles", "member", admin);
        await host.PutAsync($"projects/{project}/groups/{group}/roles/{role}", admin);
        Assert.Equal(401, (await host.LoginAsync("u", "secret", "p")).Status);
        await host.PutAsync($"groups/{group}/users/{user}", admin);
        var token = (await host.LoginAsync("u", "secret", "p")).Token;
        var bystander = await host.DemoAsync();
        Assert.Equal(["member", "reader"], (await other.CallerAsync(token))!.Roles);
        var end = why switch
        {
            "leaves" => $"groups/{group}/users/{user}",
            "group deleted" => $"groups/{group}",
            "role taken" => $"projects/{project}/groups/{group}/roles/{role}",
            _ => $"users/{user}",
        };
        Assert.Equal(204, (await host.DeleteAsync(end, admin)).Status);
        Assert.False(await host.HoldsAsync(token));
        world.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await other.HoldsAsync(token));
        Assert.True(await other.HoldsAsync(bystander));
        Assert.Equal(401, (await other.LoginAsync("u", "secret", "p")).Status);
    }

    private static async Task<string> NewGroupAsync(IdentityHost host, string admin) =>
        (await host.PostAsync("groups", admin, """{"group":{"name":"g"}}""")).Id("group");
}
