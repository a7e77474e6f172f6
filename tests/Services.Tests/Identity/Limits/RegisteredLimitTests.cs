using Pipeline.Identity;

namespace Pipeline.Services.Tests.Identity.Limits;

public sealed class RegisteredLimitTests
{
    private const string Zones = """ "service_id":"SERVICE","resource_name":"zones","default_limit":5 """;

    [Fact]
    public async Task Several_are_made_at_once_and_live_as_Keystones()
    {
        await using var stage = await LimitsStage.StartAsync();
        var host = stage.Host;
        var made = await stage.RegisterAsync(
            Zones + ""","description":"zones of a project" """,
            """ "service_id":"SERVICE","region_id":"RegionOne","resource_name":"zones","default_limit":-1 """
        );
        made.Matches("limits/create-registered.201.json");
        var id = LimitsStage.Ids(made, "registered_limits")[0];
        (await host.GetAsync($"registered_limits/{id}", stage.Demo)).Matches("limits/show-registered.200.json");
        var changed = await host.PatchAsync(
            $"registered_limits/{id}",
            stage.Admin,
            """{"registered_limit":{"default_limit":6,"resource_name":"areas","description":null}}"""
        );
        changed.Matches("limits/update-registered.200.json");
        Assert.Equal(204, (await host.DeleteAsync($"registered_limits/{id}", stage.Admin)).Status);
        var gone = await host.GetAsync($"registered_limits/{id}", stage.Demo);
        Assert.Equal((404, $"Could not find registered limit for {id}."), (gone.Status, gone.Message));
    }

    [Fact]
    public async Task A_list_is_filtered_by_service_region_and_name()
    {
        await using var stage = await LimitsStage.StartAsync();
        await stage.RegisterAsync(
            Zones,
            """ "service_id":"SERVICE","region_id":"RegionOne","resource_name":"records","default_limit":1 """
        );
        var all = await stage.Host.GetAsync($"registered_limits?service_id={stage.Service}", stage.Demo);
        all.Matches("limits/list-registered.200.json");
        foreach (
            var (query, count) in new[]
            {
                ("resource_name=zones", 1),
                ("region_id=RegionOne", 1),
                ($"service_id={stage.Service}&resource_name=records&region_id=none", 0),
                ("resource_name=servers", 1),
            }
        )
        {
            var found = await stage.Host.GetAsync($"registered_limits?{query}", stage.Demo);
            Assert.Equal((query, count), (query, LimitsStage.Ids(found, "registered_limits").Count));
        }
    }

    [Theory]
    [InlineData(Zones)]
    [InlineData(Zones, """ "service_id":"SERVICE","resource_name":"other","default_limit":5 """, Zones)]
    public async Task One_that_is_there_is_409_and_nothing_is_written(params string[] limits)
    {
        await using var stage = await LimitsStage.StartAsync();
        await stage.RegisteredAsync();
        var refused = await stage.RegisterAsync(limits);
        Assert.Equal(409, refused.Status);
        Assert.Equal("Conflict occurred attempting to store registered_limit - Duplicate entry.", refused.Message);
        var left = await stage.Host.GetAsync($"registered_limits?service_id={stage.Service}", stage.Demo);
        Assert.Equal(2, LimitsStage.Ids(left, "registered_limits").Count);
    }

    [Theory]
    [InlineData("""{"registered_limits":[]}""")]
    [InlineData("""{"registered_limits":{}}""")]
    [InlineData("""{"registered_limit":{}}""")]
    [InlineData("""{"registered_limits":[{"service_id":"none","resource_name":"a","default_limit":1}]}""")]
    [InlineData("""{"registered_limits":[{"service_id":"SERVICE","resource_name":"","default_limit":1}]}""")]
    [InlineData("""{"registered_limits":[{"service_id":"SERVICE","resource_name":"a","default_limit":-2}]}""")]
    [InlineData("""{"registered_limits":[{"service_id":"SERVICE","resource_name":"a","default_limit":"1"}]}""")]
    [InlineData("""{"registered_limits":[{"service_id":"SERVICE","resource_name":"a","default_limit":2147483648}]}""")]
    [InlineData("""{"registered_limits":[{"service_id":"SERVICE","resource_name":"a"}]}""")]
    [InlineData("""{"registered_limits":[{"resource_name":"a","default_limit":1}]}""")]
    [InlineData("""{"registered_limits":[{"service_id":"SERVICE","resource_name":"a","default_limit":1,"x":1}]}""")]
    [InlineData(
        """{"registered_limits":[{"service_id":"SERVICE","region_id":"no","resource_name":"a","default_limit":1}]}"""
    )]
    public async Task A_wrong_body_is_400_and_nothing_is_written(string body)
    {
        await using var stage = await LimitsStage.StartAsync();
        var path = "registered_limits";
        Assert.Equal(
            400,
            (await stage.Host.PostAsync(path, stage.Admin, body.Replace("SERVICE", stage.Service))).Status
        );
        var left = await stage.Host.GetAsync($"{path}?service_id={stage.Service}", stage.Demo);
        Assert.Empty(LimitsStage.Ids(left, path));
    }

    [Fact]
    public async Task One_to_which_a_limit_refers_is_403_to_change_and_to_delete()
    {
        await using var stage = await LimitsStage.StartAsync();
        var id = (await stage.RegisteredAsync())[0];
        var limit = await stage.LimitedAsync();
        var words =
            $"Unable to update or delete registered limit {id} because there are project limits associated with it.";
        var body = """{"registered_limit":{"default_limit":1}}""";
        var refused = await stage.Host.PatchAsync($"registered_limits/{id}", stage.Admin, body);
        Assert.Equal((403, words), (refused.Status, refused.Message));
        Assert.Equal(403, (await stage.Host.DeleteAsync($"registered_limits/{id}", stage.Admin)).Status);
        Assert.Equal(204, (await stage.Host.DeleteAsync($"limits/{limit}", stage.Admin)).Status);
        Assert.Equal(200, (await stage.Host.PatchAsync($"registered_limits/{id}", stage.Admin, body)).Status);
        Assert.Equal(204, (await stage.Host.DeleteAsync($"registered_limits/{id}", stage.Admin)).Status);
    }

    [Fact]
    public async Task A_change_that_meets_another_is_409_and_one_that_leads_nowhere_is_400()
    {
        await using var stage = await LimitsStage.StartAsync();
        var path = $"registered_limits/{(await stage.RegisteredAsync())[0]}";
        foreach (
            var (status, change) in new[]
            {
                (409, "\"resource_name\":\"records\""),
                (400, "\"service_id\":\"none\""),
                (400, "\"region_id\":\"none\""),
                (400, "\"id\":\"other\""),
                (200, "\"region_id\":\"RegionOne\""),
            }
        )
        {
            var answer = await stage.Host.PatchAsync(path, stage.Admin, $$$"""{"registered_limit":{{{{change}}}} }""");
            Assert.Equal((change, status), (change, answer.Status));
        }
    }

    [Fact]
    public async Task The_clouds_own_are_there_from_the_start_and_only_their_defaults_change()
    {
        await using var stage = await LimitsStage.StartAsync();
        var (host, admin) = (stage.Host, stage.Admin);
        var nova = await host.IdAsync("services", "nova", admin);
        var own = await host.GetAsync($"registered_limits?service_id={nova}", stage.Demo);
        own.Matches("limits/list-own.200.json");
        var path = $"registered_limits/{LimitsStage.Ids(own, "registered_limits")[1]}";
        Assert.Equal(403, (await host.DeleteAsync(path, admin)).Status);
        Assert.Equal(403, (await PatchAsync("\"resource_name\":\"x\"")).Status);
        Assert.Equal(403, (await PatchAsync("\"region_id\":\"RegionOne\",\"resource_name\":\"x\"")).Status);
        Assert.Equal(200, (await PatchAsync("\"region_id\":\"RegionOne\",\"default_limit\":3")).Status);
        Assert.Equal(
            409,
            (
                await stage.RegisterAsync($""" "service_id":"{nova}","resource_name":"servers","default_limit":1 """)
            ).Status
        );
        await stage.World.NewHost().Services.EnsureIdentityAsync(_ => Task.CompletedTask);
        var kept = (await host.GetAsync(path, admin)).Json.GetProperty("registered_limit");
        Assert.Equal(3, kept.GetProperty("default_limit").GetInt64());

        Task<Seen> PatchAsync(string change) =>
            host.PatchAsync(path, admin, $$$"""{"registered_limit":{{{{change}}}} }""");
    }

    [Fact]
    public async Task Who_is_no_admin_reads_and_does_not_write()
    {
        await using var stage = await LimitsStage.StartAsync();
        var path = $"registered_limits/{(await stage.RegisteredAsync())[0]}";
        var body = """{"registered_limits":[],"registered_limit":{}}""";
        Assert.Equal(403, (await stage.Host.PostAsync("registered_limits", stage.Demo, body)).Status);
        Assert.Equal(403, (await stage.Host.PatchAsync(path, stage.Demo, body)).Status);
        Assert.Equal(403, (await stage.Host.DeleteAsync(path, stage.Demo)).Status);
        Assert.Equal(200, (await stage.Host.GetAsync(path, stage.Demo)).Status);
    }

    [Fact]
    public async Task A_service_and_a_region_stay_while_limits_are_registered_for_them()
    {
        await using var stage = await LimitsStage.StartAsync();
        await stage.Host.PostAsync("regions", stage.Admin, """{"region":{"id":"north"}}""");
        var made = await stage.RegisterAsync(Zones + ",\"region_id\":\"north\"");
        Assert.Equal(403, (await stage.Host.DeleteAsync("regions/north", stage.Admin)).Status);
        Assert.Equal(403, (await stage.Host.DeleteAsync($"services/{stage.Service}", stage.Admin)).Status);
        var id = LimitsStage.Ids(made, "registered_limits")[0];
        Assert.Equal(204, (await stage.Host.DeleteAsync($"registered_limits/{id}", stage.Admin)).Status);
        Assert.Equal(204, (await stage.Host.DeleteAsync("regions/north", stage.Admin)).Status);
        Assert.Equal(204, (await stage.Host.DeleteAsync($"services/{stage.Service}", stage.Admin)).Status);
    }
}
