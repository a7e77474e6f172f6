using Microsoft.AspNetCore.Http;

namespace Pipeline.Services.Tests.Identity.Limits;

public sealed class LimitTests
{
    [Fact]
    public async Task Several_are_made_at_once_and_live_as_Keystones()
    {
        await using var stage = await LimitsStage.StartAsync();
        await stage.RegisteredAsync();
        var (host, project) = (stage.Host, await stage.Host.IdAsync("projects", "demo", stage.Admin));
        var made = await stage.LimitAsync(
            $""" "service_id":"SERVICE","project_id":"{project}","resource_name":"zones","resource_limit":7 """,
            """ "service_id":"SERVICE","domain_id":"default","resource_name":"zones","resource_limit":9,"description":"d" """
        );
        made.Matches("limits/create.201.json");
        var path = $"limits/{LimitsStage.Ids(made, "limits")[0]}";
        (await host.GetAsync(path, stage.Demo)).Matches("limits/show.200.json");
        var changed = await host.PatchAsync(
            path,
            stage.Admin,
            """{"limit":{"resource_limit":-1,"description":"as many as they like"}}"""
        );
        changed.Matches("limits/update.200.json");
        Assert.Equal(204, (await host.DeleteAsync(path, stage.Admin)).Status);
        var gone = await host.GetAsync(path, stage.Admin);
        Assert.Equal((404, $"Could not find limit for {path[7..]}."), (gone.Status, gone.Message));
        Assert.Equal(404, (await host.DeleteAsync(path, stage.Admin)).Status);
        Assert.Equal(404, (await host.PatchAsync(path, stage.Admin, """{"limit":{}}""")).Status);
    }

    [Fact]
    public async Task The_model_is_flat()
    {
        await using var stage = await LimitsStage.StartAsync();
        (await stage.Host.GetAsync("limits/model", stage.Demo)).Matches("limits/model.200.json");
    }

    [Fact]
    public async Task A_list_shows_everybody_what_they_may_see()
    {
        await using var stage = await LimitsStage.StartAsync();
        await stage.RegisteredAsync();
        var (host, admins) = (stage.Host, await stage.Host.IdAsync("projects", "admin", stage.Admin));
        var demos = await stage.LimitedAsync();
        var others = LimitsStage.Ids(
            await stage.LimitAsync(
                $""" "service_id":"SERVICE","project_id":"{admins}","resource_name":"zones","resource_limit":1 """,
                """ "service_id":"SERVICE","domain_id":"default","resource_name":"zones","resource_limit":2 """
            ),
            "limits"
        );
        var all = others.Append(demos).Order().ToList();
        Assert.Equal([demos], await IdsAsync(stage.Demo));
        Assert.Equal(all, await IdsAsync(stage.Admin));
        Assert.Equal(all, await IdsAsync(await stage.ScopedAsync("""{"system":{"all":true}}""")));
        Assert.Equal(
            [demos],
            await IdsAsync(stage.Admin, $"?project_id={await host.IdAsync("projects", "demo", stage.Admin)}")
        );
        Assert.Equal([others[1]], await IdsAsync(stage.Admin, "?domain_id=default"));
        Assert.Empty(await IdsAsync(stage.Demo, $"?project_id={admins}"));
        Assert.Empty(await IdsAsync((await host.LoginAsync("demo", stage.World.Passwords.Demo, null)).Token));
        Assert.Empty(await IdsAsync(stage.Admin, "?resource_name=records"));
        Assert.Equal(all, await IdsAsync(stage.Admin, $"?service_id={stage.Service}&resource_name=zones"));
        (await host.GetAsync("limits", stage.Demo)).Matches("limits/list.200.json");
        Assert.Equal(403, (await host.GetAsync($"limits/{others[0]}", stage.Demo)).Status);
        Assert.Equal(403, (await host.GetAsync("limits/none", stage.Demo)).Status);

        async Task<IReadOnlyList<string>> IdsAsync(string token, string query = "") =>
            [.. LimitsStage.Ids(await host.GetAsync($"limits{query}", token), "limits").Order()];
    }

    [Fact]
    public async Task Who_acts_for_a_domain_sees_its_limits_and_its_projects()
    {
        await using var stage = await LimitsStage.StartAsync();
        await stage.RegisteredAsync();
        var limit = await stage.LimitedAsync();
        var host = stage.Host;
        var user = await host.NewUserAsync(stage.Admin, "domains", "secret");
        var role = await host.IdAsync("roles", "reader", stage.Admin);
        Assert.Equal(204, (await host.PutAsync($"domains/default/users/{user}/roles/{role}", stage.Admin)).Status);
        var login = IdentityHost.Login("domains", "secret", null);
        var scope = """{"domain":{"id":"default"}}""";
        var token = (await host.PostAsync("auth/tokens", null, login.Replace("\"unscoped\"", scope))).Token;
        Assert.Equal([limit], LimitsStage.Ids(await host.GetAsync("limits", token), "limits"));
        Assert.Equal(200, (await host.GetAsync($"limits/{limit}", token)).Status);
    }

    [Theory]
    [InlineData(403, """ "service_id":"SERVICE","project_id":"PROJECT","resource_name":"none","resource_limit":1 """)]
    [InlineData(
        403,
        """ "service_id":"SERVICE","region_id":"RegionOne","project_id":"PROJECT","resource_name":"zones","resource_limit":1 """
    )]
    [InlineData(400, """ "service_id":"none","project_id":"PROJECT","resource_name":"zones","resource_limit":1 """)]
    [InlineData(400, """ "service_id":"SERVICE","project_id":"none","resource_name":"zones","resource_limit":1 """)]
    [InlineData(400, """ "service_id":"SERVICE","domain_id":"none","resource_name":"zones","resource_limit":1 """)]
    [InlineData(
        400,
        """ "service_id":"SERVICE","region_id":"none","project_id":"PROJECT","resource_name":"zones","resource_limit":1 """
    )]
    [InlineData(400, """ "service_id":"SERVICE","resource_name":"zones","resource_limit":1 """)]
    [InlineData(
        400,
        """ "service_id":"SERVICE","project_id":"PROJECT","domain_id":"default","resource_name":"zones","resource_limit":1 """
    )]
    [InlineData(400, """ "service_id":"SERVICE","project_id":"PROJECT","resource_name":"zones","resource_limit":-2 """)]
    [InlineData(400, """ "service_id":"SERVICE","project_id":"PROJECT","resource_name":"zones" """)]
    [InlineData(
        400,
        """ "service_id":"SERVICE","project_id":"PROJECT","resource_name":"zones","resource_limit":1,"x":1 """
    )]
    public async Task What_is_wrong_is_refused_and_nothing_is_written(int status, string limit)
    {
        await using var stage = await LimitsStage.StartAsync();
        await stage.RegisteredAsync();
        var project = await stage.Host.IdAsync("projects", "demo", stage.Admin);
        var good =
            $""" "service_id":"SERVICE","project_id":"{project}","resource_name":"records","resource_limit":1 """;
        var refused = await stage.LimitAsync(good, limit.Replace("PROJECT", project));
        Assert.Equal(status, refused.Status);
        Assert.Empty(LimitsStage.Ids(await stage.Host.GetAsync("limits", stage.Admin), "limits"));
    }

    [Fact]
    public async Task One_that_is_there_is_409()
    {
        await using var stage = await LimitsStage.StartAsync();
        await stage.RegisteredAsync();
        await stage.LimitedAsync();
        var project = await stage.Host.IdAsync("projects", "demo", stage.Admin);
        var refused = await stage.LimitAsync(
            $""" "service_id":"SERVICE","project_id":"{project}","resource_name":"zones","resource_limit":8 """
        );
        Assert.Equal(409, refused.Status);
        Assert.Equal("Conflict occurred attempting to store limit - Duplicate entry.", refused.Message);
    }

    [Fact]
    public async Task A_limit_of_the_clouds_own_may_name_the_clouds_region_or_none()
    {
        await using var stage = await LimitsStage.StartAsync();
        var nova = await stage.Host.IdAsync("services", "nova", stage.Admin);
        foreach (var (name, region) in new[] { ("demo", "\"RegionOne\""), ("admin", "null") })
        {
            var project = await stage.Host.IdAsync("projects", name, stage.Admin);
            var made = await stage.LimitAsync(
                $""" "service_id":"{nova}","region_id":{region},"project_id":"{project}","resource_name":"servers","resource_limit":1 """
            );
            Assert.Equal((name, 201), (name, made.Status));
        }
    }

    [Fact]
    public async Task Limits_go_with_their_project_and_with_their_domain()
    {
        await using var stage = await LimitsStage.StartAsync();
        await stage.RegisteredAsync();
        await stage.LimitedAsync();
        var host = stage.Host;
        var domain = (await host.PostAsync("domains", stage.Admin, """{"domain":{"name":"d"}}""")).Id("domain");
        await stage.LimitAsync(
            $""" "service_id":"SERVICE","domain_id":"{domain}","resource_name":"zones","resource_limit":2 """
        );
        await host.PatchAsync($"domains/{domain}", stage.Admin, """{"domain":{"enabled":false}}""");
        Assert.Equal(204, (await host.DeleteAsync($"domains/{domain}", stage.Admin)).Status);
        Assert.Single(LimitsStage.Ids(await host.GetAsync("limits", stage.Admin), "limits"));
        var project = await host.IdAsync("projects", "demo", stage.Admin);
        Assert.Equal(204, (await host.DeleteAsync($"projects/{project}", stage.Admin)).Status);
        Assert.Empty(LimitsStage.Ids(await host.GetAsync("limits", stage.Admin), "limits"));
    }

    [Fact]
    public async Task A_create_with_an_idempotency_key_happens_once()
    {
        await using var stage = await LimitsStage.StartAsync();
        await stage.RegisteredAsync();
        var project = await stage.Host.IdAsync("projects", "demo", stage.Admin);
        var body =
            $$"""{"limits":[{"service_id":"{{stage.Service}}","project_id":"{{project}}","resource_name":"zones","resource_limit":1}]}""";
        var (first, second) = (await CreateAsync(), await CreateAsync());
        Assert.Equal((201, first.Body), (second.Status, second.Body));

        Task<Seen> CreateAsync() => stage.Host.SendAsync("POST", "/identity/v3/limits", stage.Admin, body, With);

        static void With(HttpContext context) => context.Request.Headers["Idempotency-Key"] = "key";
    }

    [Fact]
    public async Task Who_is_no_admin_changes_none()
    {
        await using var stage = await LimitsStage.StartAsync();
        await stage.RegisteredAsync();
        var path = $"limits/{await stage.LimitedAsync()}";
        Assert.Equal(403, (await stage.Host.PostAsync("limits", stage.Demo, """{"limits":[]}""")).Status);
        Assert.Equal(403, (await stage.Host.PatchAsync(path, stage.Demo, """{"limit":{}}""")).Status);
        Assert.Equal(403, (await stage.Host.DeleteAsync(path, stage.Demo)).Status);
    }
}
