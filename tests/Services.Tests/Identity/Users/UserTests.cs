namespace Pipeline.Services.Tests.Identity.Users;

public sealed class UserTests
{
    [Fact]
    public async Task Users_are_made_shown_listed_changed_and_deleted_in_the_documented_shapes()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin) = (world.Host, await world.Host.AdminAsync());
        var project = await host.IdAsync("projects", "demo", admin);
        var made = await host.PostAsync(
            "users",
            admin,
            $$$"""
            {"user":{"name":"u","password":"secret","enabled":true,"options":{},"email":"u@example.org",
            "description":"d","default_project_id":"{{{project}}}"}}
            """
        );
        made.Matches("users/create.201.json");
        var id = made.Id("user");
        (await host.GetAsync($"users/{id}", admin)).Matches("users/show.200.json");
        (await host.GetAsync("users?name=u", admin)).Matches("users/list.200.json");
        var changed = await host.PatchAsync(
            $"users/{id}",
            admin,
            """{"user":{"name":"v","default_project_id":null,"enabled":false,"email":"v@example.org"}}"""
        );
        changed.Matches("users/update.200.json");
        Assert.Equal(204, (await host.DeleteAsync($"users/{id}", admin)).Status);
        (await host.GetAsync($"users/{id}", admin)).Matches("users/show.404.json");
    }

    [Fact]
    public async Task A_name_is_taken_once_in_a_domain()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin) = (world.Host, await world.Host.AdminAsync());
        (await host.PostAsync("users", admin, """{"user":{"name":"demo"}}""")).Matches("users/create.409.json");
        var id = await host.NewUserAsync(admin, "u", "secret");
        Assert.Equal(409, (await host.PatchAsync($"users/{id}", admin, """{"user":{"name":"demo"}}""")).Status);
    }

    private static readonly (string body, int status)[] Bodies =
    [
        ("""{"user":{}}""", 400),
        ("""{"user":{"name":" "}}""", 400),
        ("""{"user":{"name":"x","password":7}}""", 400),
        ("""{"user":{"name":"x","description":7}}""", 400),
        ("""{"user":{"name":"x","default_project_id":"a/b"}}""", 400),
        ("""{"user":{"name":"x","options":{"unknown":true}}}""", 400),
        ("""{"user":{"name":"x","domain_id":"nowhere"}}""", 404),
        ("""{"user":{"name":"x","password":null,"options":{"lock_password":false}}}""", 201),
    ];

    [Fact]
    public async Task A_body_is_checked_before_anything_is_written()
    {
        await using var world = await IdentityWorld.StartAsync();
        var admin = await world.Host.AdminAsync();
        foreach (var (body, status) in Bodies)
            Assert.Equal((body, status), (body, (await world.Host.PostAsync("users", admin, body)).Status));
        Assert.Equal(3, (await world.Host.GetAsync("users", admin)).Names("users").Count());
    }

    [Fact]
    public async Task A_plain_name_in_the_path_is_not_found_so_that_clients_look_it_up()
    {
        await using var world = await IdentityWorld.StartAsync();
        var admin = await world.Host.AdminAsync();
        foreach (
            var path in (string[])
                ["users/demo", "users/a%20b", "users/a@b", "projects/demo", "roles/member", "domains/Default"]
        )
            Assert.Equal(404, (await world.Host.GetAsync(path, admin)).Status);
    }

    [Fact]
    public async Task A_user_sees_themselves_and_no_one_else()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin, demo) = (world.Host, await world.Host.AdminAsync(), await world.Host.DemoAsync());
        var (own, other) = (await host.IdAsync("users", "demo", admin), await host.IdAsync("users", "admin", admin));
        Assert.Equal(200, (await host.GetAsync($"users/{own}", demo)).Status);
        Assert.Equal(["demo"], (await host.GetAsync($"users/{own}/projects", demo)).Names("projects"));
        Assert.Equal(403, (await host.GetAsync($"users/{other}", demo)).Status);
        Assert.Equal(403, (await host.GetAsync($"users/{other}/projects", demo)).Status);
        Assert.Equal(403, (await host.GetAsync("users/nobody", demo)).Status);
    }

    [Fact]
    public async Task The_projects_of_a_user_are_listed_and_filtered()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin) = (world.Host, await world.Host.AdminAsync());
        var id = await host.IdAsync("users", "admin", admin);
        (await host.GetAsync($"users/{id}/projects", admin)).Matches("users/projects.200.json");
        Assert.Equal(["demo"], (await host.GetAsync($"users/{id}/projects?name=demo", admin)).Names("projects"));
        Assert.Equal(404, (await host.GetAsync("users/nobody/projects", admin)).Status);
    }

    [Fact]
    public async Task Users_are_listed_by_name_and_state()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin) = (world.Host, await world.Host.AdminAsync());
        var id = await host.NewUserAsync(admin, "u", "secret");
        await host.PatchAsync($"users/{id}", admin, """{"user":{"enabled":false}}""");
        Assert.Equal(["u"], (await host.GetAsync("users?enabled=False", admin)).Names("users"));
        Assert.Equal(["admin", "demo"], (await host.GetAsync("users?enabled=True", admin)).Names("users").Order());
        Assert.Empty((await host.GetAsync("users?name=nobody", admin)).Names("users"));
    }
}
