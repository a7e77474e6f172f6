using Microsoft.AspNetCore.Http;

namespace Pipeline.Services.Tests.Identity.Projects;

public sealed class ProjectTests
{
    [Fact]
    public async Task Projects_are_made_shown_listed_changed_and_deleted_in_the_documented_shapes()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin) = (world.Host, await world.Host.AdminAsync());
        var made = await host.PostAsync(
            "projects",
            admin,
            """{"project":{"name":" p ","enabled":true,"options":{},"tags":["b","a"],"description":"d","owner":{"team":"x"}}}"""
        );
        made.Matches("projects/create.201.json");
        var id = made.Id("project");
        (await host.GetAsync($"projects/{id}", admin)).Matches("projects/show.200.json");
        (await host.GetAsync("projects?name=p", admin)).Matches("projects/list.200.json");
        var changed = await host.PatchAsync(
            $"projects/{id}",
            admin,
            """{"project":{"name":"q","description":null,"enabled":false,"owner":null}}"""
        );
        changed.Matches("projects/update.200.json");
        Assert.Equal(204, (await host.DeleteAsync($"projects/{id}", admin)).Status);
        (await host.GetAsync($"projects/{id}", admin)).Matches("projects/show.404.json");
    }

    [Fact]
    public async Task A_name_is_taken_once_in_a_domain()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin) = (world.Host, await world.Host.AdminAsync());
        (await host.PostAsync("projects", admin, """{"project":{"name":"demo"}}""")).Matches(
            "projects/create.409.json"
        );
        var id = await host.NewProjectAsync(admin, "p");
        Assert.Equal(409, (await host.PatchAsync($"projects/{id}", admin, """{"project":{"name":"demo"}}""")).Status);
        Assert.Equal(200, (await host.PatchAsync($"projects/{id}", admin, """{"project":{"name":"p"}}""")).Status);
    }

    private static readonly (string body, int status)[] Bodies =
    [
        ("""{"project":{}}""", 400),
        ("""{"project":{"name":""}}""", 400),
        ("""{"project":{"name":"  "}}""", 400),
        ("""{"project":{"name":"x","enabled":"yes"}}""", 400),
        ("""{"project":{"name":"x","tags":["a,b"]}}""", 400),
        ("""{"project":{"name":"x","tags":["a","a"]}}""", 400),
        ("""{"project":{"name":"x","domain_id":"nowhere"}}""", 400),
        ("""{"project":{"name":"x","is_domain":true}}""", 400),
        ("""{"project":{"name":"x","options":{"immutable":true}}}""", 400),
        ("""{"project":{"name":"x","parent_id":"0123456789abcdef0123456789abcdef"}}""", 400),
        ("""{"project":{"name":"x","parent_id":"default","is_domain":false,"options":{"immutable":null}}}""", 201),
    ];

    [Fact]
    public async Task A_body_is_checked_before_anything_is_written()
    {
        await using var world = await IdentityWorld.StartAsync();
        var admin = await world.Host.AdminAsync();
        foreach (var (body, status) in Bodies)
            Assert.Equal((body, status), (body, (await world.Host.PostAsync("projects", admin, body)).Status));
        Assert.Equal(3, (await world.Host.GetAsync("projects", admin)).Names("projects").Count());
    }

    private static readonly (string body, int status)[] Changes =
    [
        ("""{"project":{}}""", 400),
        ("""{"project":{"id":"another"}}""", 400),
        ("""{"project":{"domain_id":"another"}}""", 400),
        ("""{"project":{"parent_id":"another"}}""", 403),
        ("""{"project":{"is_domain":true}}""", 400),
    ];

    [Fact]
    public async Task What_a_project_is_part_of_does_not_change()
    {
        await using var world = await IdentityWorld.StartAsync();
        var admin = await world.Host.AdminAsync();
        var id = await world.Host.NewProjectAsync(admin, "p");
        foreach (var (body, status) in Changes)
            Assert.Equal((body, status), (body, (await world.Host.PatchAsync($"projects/{id}", admin, body)).Status));
    }

    private static readonly (string query, string names)[] Filters =
    [
        ("", "admin,demo,p,q"),
        ("?name=p", "p"),
        ("?name=P", ""),
        ("?enabled=false", "q"),
        ("?domain_id=default&enabled=1", "admin,demo,p"),
        ("?domain_id=other", ""),
        ("?parent_id=default", "admin,demo,p,q"),
        ("?is_domain=true", ""),
        ("?name__contains=em", "demo"),
        ("?name__istartswith=AD", "admin"),
        ("?name__endswith=o", "demo"),
        ("?tags=a,b", "p"),
        ("?tags-any=b,c", "p,q"),
        ("?not-tags=a,b&tags-any=a,b,c", "q"),
        ("?not-tags-any=a", "admin,demo,q"),
    ];

    [Fact]
    public async Task Lists_are_filtered()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin) = (world.Host, await world.Host.AdminAsync());
        await host.PostAsync("projects", admin, """{"project":{"name":"p","tags":["a","b"]}}""");
        await host.PostAsync("projects", admin, """{"project":{"name":"q","tags":["c"],"enabled":false}}""");
        foreach (var (query, names) in Filters)
        {
            var listed = (await host.GetAsync($"projects{query}", admin)).Names("projects").Order();
            Assert.Equal((query, names), (query, string.Join(',', listed)));
        }
    }

    [Fact]
    public async Task Pages_follow_each_other_by_their_next_link()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin) = (world.Host, await world.Host.AdminAsync());
        for (var i = 0; i < 5; i++)
            await host.NewProjectAsync(admin, $"p{i}");
        var (met, path) = (new List<string>(), "projects?limit=3&enabled=true");
        for (var page = 0; path is not null; page++)
        {
            Assert.True(page < 3);
            var seen = await host.GetAsync(path, admin);
            met.AddRange(seen.Names("projects"));
            var next = seen.Json.GetProperty("links").GetProperty("next").GetString();
            path = next?["http://cloud.example:7071/identity/v3/".Length..];
        }
        Assert.Equal(["admin", "demo", "p0", "p1", "p2", "p3", "p4"], met.Order());
    }

    [Fact]
    public async Task A_user_sees_the_project_of_their_token_and_no_other()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin, demo) = (world.Host, await world.Host.AdminAsync(), await world.Host.DemoAsync());
        var (own, other) = (
            await host.IdAsync("projects", "demo", admin),
            await host.IdAsync("projects", "admin", admin)
        );
        Assert.Equal(200, (await host.GetAsync($"projects/{own}", demo)).Status);
        Assert.Equal(403, (await host.GetAsync($"projects/{other}", demo)).Status);
        Assert.Equal(403, (await host.GetAsync("projects/nothing", demo)).Status);
        Assert.Equal(404, (await host.GetAsync("projects/demo", admin)).Status);
    }

    [Fact]
    public async Task Deleting_a_project_takes_its_assignments_with_it()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin) = (world.Host, await world.Host.AdminAsync());
        var (demo, user) = (await host.IdAsync("projects", "demo", admin), await host.IdAsync("users", "demo", admin));
        await host.PatchAsync($"users/{user}", admin, $$$"""{"user":{"default_project_id":"{{{demo}}}"}}""");
        Assert.Equal(204, (await host.DeleteAsync($"projects/{demo}", admin)).Status);
        Assert.Equal(404, (await host.DeleteAsync($"projects/{demo}", admin)).Status);
        var left = await host.GetAsync("role_assignments", admin);
        Assert.Equal(2, left.Json.GetProperty("role_assignments").GetArrayLength());
        Assert.DoesNotContain("default_project_id", (await host.GetAsync($"users/{user}", admin)).Body);
        Assert.Equal(201, (await host.LoginAsync("demo", world.Passwords.Demo, null)).Status);
    }

    [Fact]
    public async Task A_create_with_an_idempotency_key_happens_once()
    {
        await using var world = await IdentityWorld.StartAsync();
        var admin = await world.Host.AdminAsync();
        var (first, second) = (await CreateAsync("p"), await CreateAsync("p"));
        Assert.Equal((201, first.Body), (second.Status, second.Body));
        Assert.Equal(409, (await CreateAsync("other")).Status);

        Task<Seen> CreateAsync(string name) =>
            world.Host.SendAsync(
                "POST",
                "/identity/v3/projects",
                admin,
                $$$"""{"project":{"name":"{{{name}}}"}}""",
                context => context.Request.Headers["Idempotency-Key"] = "key"
            );
    }

    [Fact]
    public async Task Every_mutation_is_in_the_audit_with_its_rule_and_request()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin) = (world.Host, await world.Host.AdminAsync());
        var made = await host.PostAsync("projects", admin, """{"project":{"name":"p"}}""");
        var id = made.Id("project");
        await host.PatchAsync($"projects/{id}", admin, """{"project":{"name":"q"}}""");
        await host.DeleteAsync($"projects/{id}", admin);
        var rules = await world.Database.ReadAsync(tx =>
            tx.ListAsync<string>(
                "SELECT rule FROM audit WHERE target = @target ORDER BY seq",
                new { target = $"project/{id}" }
            )
        );
        Assert.Equal(["identity:create_project", "identity:update_project", "identity:delete_project"], rules);
        var request = await world.Database.ReadAsync(tx =>
            tx.ScalarAsync<string>("SELECT request_id FROM audit WHERE rule = 'identity:create_project'")
        );
        Assert.Equal(made.Headers["X-Openstack-Request-Id"].ToString(), request);
    }
}
