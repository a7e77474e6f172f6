namespace Pipeline.Services.Tests.Identity.Roles;

public sealed class RoleTests
{
    [Fact]
    public async Task Roles_are_made_shown_listed_and_deleted_in_the_documented_shapes()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin) = (world.Host, await world.Host.AdminAsync());
        var made = await host.PostAsync("roles", admin, """{"role":{"name":"auditor","options":{}}}""");
        made.Matches("roles/create.201.json");
        var id = made.Id("role");
        (await host.GetAsync($"roles/{id}", admin)).Matches("roles/show.200.json");
        (await host.GetAsync("roles", admin)).Matches("roles/list.200.json");
        Assert.Equal(["auditor"], (await host.GetAsync("roles?name=auditor", admin)).Names("roles"));
        Assert.Equal(409, (await host.PostAsync("roles", admin, """{"role":{"name":"auditor"}}""")).Status);
        Assert.Equal(204, (await host.DeleteAsync($"roles/{id}", admin)).Status);
        Assert.Equal(404, (await host.GetAsync($"roles/{id}", admin)).Status);
    }

    [Fact]
    public async Task A_role_made_again_is_another_one()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin) = (world.Host, await world.Host.AdminAsync());
        var (user, project) = (await host.NewUserAsync(admin, "u", "secret"), await host.NewProjectAsync(admin, "p"));
        var first = (await host.PostAsync("roles", admin, """{"role":{"name":"auditor"}}""")).Id("role");
        await host.GrantAsync(admin, project, user, "auditor");
        var token = (await host.LoginAsync("u", "secret", "p")).Token;
        await host.DeleteAsync($"roles/{first}", admin);
        await host.PostAsync("roles", admin, """{"role":{"name":"auditor"}}""");
        Assert.False(await host.HoldsAsync(token));
    }

    private static readonly string[] Bodies =
    [
        """{"role":{}}""",
        """{"role":{"name":""}}""",
        """{"role":{"name":"x","domain_id":7}}""",
        """{"role":{"name":"x","options":{"immutable":true}}}""",
    ];

    [Fact]
    public async Task A_body_is_checked()
    {
        await using var world = await IdentityWorld.StartAsync();
        var admin = await world.Host.AdminAsync();
        foreach (var body in Bodies)
            Assert.Equal((body, 400), (body, (await world.Host.PostAsync("roles", admin, body)).Status));
    }
}
