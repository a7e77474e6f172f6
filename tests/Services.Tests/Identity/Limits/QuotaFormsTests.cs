namespace Pipeline.Services.Tests.Identity.Limits;

/// <summary>Quotas as each API shows them: one row behind all.</summary>
public sealed class QuotaFormsTests
{
    private const string Sets = "compute/v2.1/os-quota-sets";
    private const string Class = "compute/v2.1/os-quota-class-sets/default";
    private const string Networks = "network/v2.0/quotas";

    [Theory]
    [InlineData("nova", Sets, "quota_set", "cores", "class:VCPU", 20)]
    [InlineData("nova", Sets, "quota_set", "key_pairs", "server_key_pairs", 100)]
    [InlineData("neutron", Networks, "quota", "port", "port", 500)]
    [InlineData("cinderv3", "volume/v3/os-quota-sets", "quota_set", "volumes", "volumes", 10)]
    public async Task A_projects_limit_is_the_same_row_in_its_services_form_and_in_Keystones(
        string service,
        string form,
        string kind,
        string quota,
        string name,
        int normal
    )
    {
        await using var cloud = await WholeCloud.StartAsync();
        var (admin, demo, project) = await cloud.LoginAsync();
        var path = $"{form}/{project}";
        await SendAsync(cloud, "PUT", path, admin, $$$"""{"{{{kind}}}":{"{{{quota}}}":7}}""");
        var listed = await cloud.GetAsync("identity/v3/limits", demo);
        var limit = Assert.Single(listed.Json.GetProperty("limits").EnumerateArray());
        Assert.Equal(
            (name, 7),
            (limit.GetProperty("resource_name").GetString(), limit.GetProperty("resource_limit").GetInt32())
        );
        Assert.Equal(project, limit.GetProperty("project_id").GetString());
        var own = $"identity/v3/limits/{limit.GetProperty("id").GetString()}";
        await SendAsync(cloud, "PATCH", own, admin, """{"limit":{"resource_limit":9}}""");
        Assert.Equal(9, (await cloud.GetAsync(path, demo)).Number(kind, quota));
        await SendAsync(cloud, "PUT", path, admin, $$$"""{"{{{kind}}}":{"{{{quota}}}":11}}""");
        Assert.Equal(11, (await cloud.GetAsync(own, demo)).Number("limit", "resource_limit"));
        await SendAsync(cloud, "DELETE", own, admin, null);
        Assert.Equal(normal, (await cloud.GetAsync(path, demo)).Number(kind, quota));
        await LimitAsync(cloud, admin, service, project, name, 3);
        Assert.Equal(3, (await cloud.GetAsync(path, demo)).Number(kind, quota));
        await SendAsync(cloud, "DELETE", path, admin, null);
        Assert.Equal("[]", (await cloud.GetAsync("identity/v3/limits", demo)).Json.GetProperty("limits").GetRawText());
    }

    [Fact]
    public async Task The_registered_limits_are_the_defaults_of_every_form()
    {
        await using var cloud = await WholeCloud.StartAsync();
        var (admin, demo, project) = await cloud.LoginAsync();
        await RegisterAsync(cloud, admin, "servers", 4);
        Assert.Equal(4, (await cloud.GetAsync($"{Sets}/{project}", demo)).Number("quota_set", "instances"));
        Assert.Equal(4, (await cloud.GetAsync($"{Sets}/{project}/defaults", demo)).Number("quota_set", "instances"));
        Assert.Equal(4, (await cloud.GetAsync(Class, admin)).Number("quota_class_set", "instances"));
        var absolute = await cloud.GetAsync("compute/v2.1/limits", demo);
        Assert.Equal(4, absolute.Number("limits", "absolute", "maxTotalInstances"));
        var changed = await SendAsync(cloud, "PUT", Class, admin, """{"quota_class_set":{"instances":5}}""");
        Assert.Equal(5, changed.Number("quota_class_set", "instances"));
        var registered = await cloud.GetAsync("identity/v3/registered_limits?resource_name=servers", demo);
        var first = registered.Json.GetProperty("registered_limits")[0];
        Assert.Equal(5, first.GetProperty("default_limit").GetInt32());
        await RegisterAsync(cloud, admin, "subnet", 6);
        Assert.Equal(6, (await cloud.GetAsync($"{Networks}/{project}", demo)).Number("quota", "subnet"));
        Assert.Equal(6, (await cloud.GetAsync($"{Networks}/{project}/default", demo)).Number("quota", "subnet"));
    }

    [Fact]
    public async Task A_limit_below_what_is_used_takes_nothing_and_lets_nothing_grow()
    {
        await using var cloud = await WholeCloud.StartAsync();
        var (admin, demo, project) = await cloud.LoginAsync();
        var made = new List<string>();
        for (var i = 0; i < 3; i++)
            made.Add((await NetworkAsync(cloud, demo)).Json.GetProperty("network").GetProperty("id").GetString()!);
        await LimitAsync(cloud, admin, "neutron", project, "network", 1);
        Assert.Equal((3, 1), await CountAsync(cloud, demo, project));
        foreach (var network in made)
        {
            Assert.Equal(409, (await NetworkAsync(cloud, demo)).Status);
            await SendAsync(cloud, "DELETE", $"network/v2.0/networks/{network}", demo, null);
        }
        Assert.Equal(201, (await NetworkAsync(cloud, demo)).Status);
        Assert.Equal((1, 1), await CountAsync(cloud, demo, project));
    }

    [Fact]
    public async Task Two_hundred_servers_at_once_against_a_limit_of_ten_leave_ten()
    {
        await using var cloud = await WholeCloud.StartAsync();
        var (admin, demo, project) = await cloud.LoginAsync();
        var order = await OrderAsync(cloud, admin, demo);
        await SendAsync(cloud, "PUT", $"{Sets}/{project}", admin, """{"quota_set":{"cores":10,"instances":-1}}""");
        var all = await Task.WhenAll(
            Enumerable.Range(0, 200).Select(_ => cloud.SendAsync("POST", "compute/v2.1/servers", demo, order))
        );
        Assert.Equal((10, 190), (all.Count(one => one.Status == 202), all.Count(one => one.Status == 403)));
        var detail = await cloud.GetAsync($"{Sets}/{project}/detail", demo);
        foreach (var (quota, used) in new[] { ("instances", 10), ("cores", 10), ("ram", 640) })
            Assert.Equal((quota, used), (quota, detail.Number("quota_set", quota, "in_use")));
        var listed = await cloud.GetAsync("compute/v2.1/servers", demo);
        Assert.Equal(10, listed.Json.GetProperty("servers").GetArrayLength());
    }

    [Fact]
    public async Task Two_hundred_networks_at_once_against_a_limit_of_ten_leave_ten()
    {
        await using var cloud = await WholeCloud.StartAsync();
        var (admin, demo, project) = await cloud.LoginAsync();
        await LimitAsync(cloud, admin, "neutron", project, "network", 10);
        var all = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => NetworkAsync(cloud, demo)));
        Assert.Equal((10, 190), (all.Count(one => one.Status == 201), all.Count(one => one.Status == 409)));
        Assert.Equal((10, 10), await CountAsync(cloud, demo, project));
        var listed = await cloud.GetAsync($"network/v2.0/networks?project_id={project}", demo);
        Assert.Equal(10, listed.Json.GetProperty("networks").GetArrayLength());
    }

    /// <summary>The body of a server of one core, which no host will take.</summary>
    private static async Task<string> OrderAsync(WholeCloud cloud, string admin, string demo)
    {
        const string flavor = """{"flavor":{"id":"small","name":"small","vcpus":1,"ram":64,"disk":1}}""";
        await SendAsync(cloud, "POST", "compute/v2.1/flavors", admin, flavor);
        const string image = """{"name":"one","disk_format":"raw","container_format":"bare"}""";
        var made = await SendAsync(cloud, "POST", "image/v2/images", demo, image);
        var id = made.Json.GetProperty("id").GetString();
        await cloud.UploadAsync($"image/v2/images/{id}/file", demo, new byte[512]);
        return $$$"""{"server":{"name":"one","flavorRef":"small","imageRef":"{{{id}}}"}}""";
    }

    private static Task<Reply> NetworkAsync(WholeCloud cloud, string token) =>
        cloud.SendAsync("POST", "network/v2.0/networks", token, """{"network":{}}""");

    private static async Task<(long Used, long Limit)> CountAsync(WholeCloud cloud, string token, string project)
    {
        var details = await cloud.GetAsync($"{Networks}/{project}/details", token);
        return (details.Number("quota", "network", "used"), details.Number("quota", "network", "limit"));
    }

    private static async Task RegisterAsync(WholeCloud cloud, string admin, string name, int limit)
    {
        var found = await cloud.GetAsync($"identity/v3/registered_limits?resource_name={name}", admin);
        var id = found.Json.GetProperty("registered_limits")[0].GetProperty("id").GetString();
        var body = $$$"""{"registered_limit":{"default_limit":{{{limit}}}}}""";
        await SendAsync(cloud, "PATCH", $"identity/v3/registered_limits/{id}", admin, body);
    }

    private static async Task LimitAsync(
        WholeCloud cloud,
        string admin,
        string service,
        string project,
        string name,
        int limit
    )
    {
        var found = await cloud.GetAsync($"identity/v3/services?name={service}", admin);
        var id = found.Json.GetProperty("services")[0].GetProperty("id").GetString();
        var body =
            $$"""{"limits":[{"service_id":"{{id}}","project_id":"{{project}}","resource_name":"{{name}}","resource_limit":{{limit}}}]}""";
        await SendAsync(cloud, "POST", "identity/v3/limits", admin, body);
    }

    private static async Task<Reply> SendAsync(WholeCloud cloud, string method, string path, string token, string? body)
    {
        var answer = await cloud.SendAsync(method, path, token, body);
        Assert.True(answer.Status is >= 200 and < 300, $"{method} {path}: {answer.Status} {answer.Body}");
        return answer;
    }
}
