using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests.Proof;

/// <summary>
/// All ways that are proven. A new orchestration whose way is missing here fails
/// <see cref="Every_orchestration_is_proven.Each_one_is_on_a_way"/>; what strikes on the way is found by going it.
/// </summary>
internal static class Ways
{
    private const string Rules = "/network/v2.0/security-group-rules";

    public static readonly IReadOnlyList<Way> All =
    [
        new("a server is built", cloud => cloud.CreateServerAsync()),
        new("a server is deleted", async cloud => await cloud.DeleteServerAsync(await ServerAsync(cloud)))
        {
            Prepare = BuildAsync,
        },
        Action("a server is stopped", """{"os-stop": null}""", BuildAsync),
        Action("a server is started", """{"os-start": null}""", BuildStoppedAsync),
        Action("a server is rebooted", """{"reboot": {"type": "SOFT"}}""", BuildAsync),
        Action("a server is reset", """{"reboot": {"type": "HARD"}}""", BuildAsync),
        new("a server's port is deleted", DeletePortAsync) { Prepare = BuildAsync },
        new("a rule is added to a server's group", AddRuleAsync) { Prepare = BuildAsync, Clear = RemoveRulesAsync },
        new("an image is deleted", DeleteImageAsync) { Prepare = BuildAndDeleteAsync },
        new("a project is emptied", PurgeAsync) { Prepare = FillProjectAsync },
        .. RouterWays.All,
        .. VolumeWays.All,
        .. ManageWays.All,
        .. AttachmentWays.All,
        Reclaiming(),
    ];

    public static Way Named(string name) => All.Single(w => w.Name == name);

    private static Way Action(string name, string body, Func<TestCloud, Task> prepare) =>
        new(
            name,
            async cloud =>
            {
                var id = await ServerAsync(cloud);
                var answer = await cloud.InsistAsync(() => cloud.ActAsync(id, body));
                Assert.True(answer.Status is 202 or 409, answer.Body); // 409: asked for before the connection broke
            }
        )
        {
            Prepare = prepare,
        };

    /// <summary>Something is still there that should have gone with its server; a sweep takes it away.</summary>
    private static Way Reclaiming()
    {
        Leftovers? left = null;
        return new("a sweep reclaims what was left", Sweep)
        {
            Prepare = async cloud =>
            {
                await BuildAsync(cloud);
                left = Leftovers.Of(cloud.Hosts[0], await ServerAsync(cloud));
                await cloud.DeleteServerAsync(await ServerAsync(cloud));
                await cloud.IdleAsync();
                await cloud.PassAsync(TimeSpan.FromSeconds(30));
            },
            Clear = async cloud =>
            {
                await cloud.UntilAsync(() => Task.FromResult(cloud.Hosts[0].Metal.Guests.Count == 0), "the guest goes");
                await A_host_holds_what_it_should_not.SweepAsync(cloud); // takes what the first could not
                await A_host_holds_what_it_should_not.SweepAsync(cloud); // sees that it is gone
            },
            Reclaims = true,
        };

        Task Sweep(TestCloud cloud)
        {
            left!.PutOn(cloud.Hosts[0]);
            return A_host_holds_what_it_should_not.SweepAsync(cloud);
        }
    }

    private static async Task BuildAsync(TestCloud cloud)
    {
        await cloud.CreateServerAsync();
        await cloud.IdleAsync();
    }

    private static async Task BuildStoppedAsync(TestCloud cloud)
    {
        await BuildAsync(cloud);
        (await cloud.ActAsync(await ServerAsync(cloud), """{"os-stop": null}""")).Must(202);
        await cloud.IdleAsync();
    }

    private static async Task BuildAndDeleteAsync(TestCloud cloud)
    {
        await BuildAsync(cloud);
        await cloud.DeleteServerAsync(await ServerAsync(cloud));
        await cloud.IdleAsync();
    }

    private static async Task FillProjectAsync(TestCloud cloud)
    {
        var leaver = await cloud.AddUserAsync("leaver");
        await cloud.AddNetworkAsync("left", "10.1.0.0/24", leaver);
        var group = """{"security_group": {"name": "left"} }""";
        (await cloud.PostAsync("/network/v2.0/security-groups", group, leaver)).Must(201);
        await cloud.IdleAsync();
    }

    private static async Task PurgeAsync(TestCloud cloud)
    {
        var project = await OneAsync(cloud, "SELECT id FROM projects WHERE name = 'leaver'");
        var answer = await cloud.InsistAsync(() => cloud.PostAsync($"/v3/projects/{project}/purge", "", cloud.Admin));
        Assert.True(answer.Status is 202 or 409, answer.Body); // 409: asked for before the connection broke
    }

    private static async Task DeletePortAsync(TestCloud cloud)
    {
        var port = await OneAsync(cloud, "SELECT id FROM ports WHERE server_id IS NOT NULL");
        var answer = await cloud.InsistAsync(() => cloud.DeleteAsync($"/network/v2.0/ports/{port}", cloud.Demo));
        Assert.True(answer.Status is 204 or 404, answer.Body);
    }

    private static async Task AddRuleAsync(TestCloud cloud)
    {
        var group = await OneAsync(cloud, "SELECT security_group_id FROM port_security_groups");
        var rule = $$$"""
            {"security_group_rule": {"security_group_id": "{{{group}}}", "direction": "ingress", "ethertype": "IPv4",
             "protocol": "tcp", "port_range_min": 22, "port_range_max": 22}}
            """;
        var answer = await cloud.InsistAsync(() => cloud.PostAsync(Rules, rule, cloud.Demo));
        Assert.True(answer.Status is 201 or 409, answer.Body);
        await cloud.PassAsync(TimeSpan.FromSeconds(5)); // hosts are told by a timer
    }

    private static async Task RemoveRulesAsync(TestCloud cloud)
    {
        var listed = await cloud.GetAsync($"{Rules}?protocol=tcp", cloud.Demo);
        foreach (var rule in listed.Must(200).Json.GetProperty("security_group_rules").EnumerateArray())
            (await cloud.DeleteAsync($"{Rules}/{rule.GetProperty("id").GetString()}", cloud.Demo)).Must(204);
        await cloud.PassAsync(TimeSpan.FromSeconds(5));
    }

    private static async Task DeleteImageAsync(TestCloud cloud)
    {
        var answer = await cloud.InsistAsync(() => cloud.DeleteAsync($"/image/v2/images/{cloud.Image}", cloud.Demo));
        Assert.True(answer.Status is 204 or 404, answer.Body);
    }

    private static Task<string> ServerAsync(TestCloud cloud) => OneAsync(cloud, "SELECT id FROM servers");

    internal static async Task<string> OneAsync(TestCloud cloud, string sql) =>
        Assert.Single(await cloud.Store.ReadAsync(tx => tx.ListAsync<string>(sql)));
}
