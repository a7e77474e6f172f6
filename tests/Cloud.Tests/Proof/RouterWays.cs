using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests.Proof;

/// <summary>The ways of routers: to a node, from one node to another, and away.</summary>
internal static class RouterWays
{
    private const string Routers = "/network/v2.0/routers";
    private const string Agents = "/network/v2.0/agents";

    /// <summary>What a host did not confirm is told again by a timer, and a host is silent for a minute before it is down.</summary>
    private static readonly TimeSpan Sweeps = TimeSpan.FromMinutes(2);

    public static readonly IReadOnlyList<Way> All =
    [
        new("a router is joined to a network", JoinAsync) { Prepare = MakeAsync, Clear = RemoveAsync },
        new("a router's last interface goes", LeaveAsync) { Prepare = JoinedAsync, Clear = RemoveAsync },
        new("a router is moved", MoveAsync)
        {
            Prepare = PlacedAsync,
            Clear = RemoveMovedAsync,
            Cloud = new CloudOptions(Hosts: 2),
        },
        new("a router leaves a node that is off", LeaveNodeAsync)
        {
            Prepare = PlacedOnOneThatIsOffAsync,
            Clear = RemoveMovedAsync,
            Cloud = new CloudOptions(Hosts: 2),
        },
    ];

    private static async Task MakeAsync(TestCloud cloud) =>
        (await cloud.PostAsync(Routers, """{"router": {"name": "r"}}""", cloud.Demo)).Must(201);

    private static async Task JoinedAsync(TestCloud cloud)
    {
        await MakeAsync(cloud);
        await JoinAsync(cloud);
        await cloud.IdleAsync();
    }

    /// <summary>The first host is the router's node.</summary>
    private static async Task PlacedAsync(TestCloud cloud)
    {
        await MakeAsync(cloud);
        var order = $$"""{"router_id": "{{await RouterAsync(cloud)}}"}""";
        (await cloud.PostAsync(await NodeAsync(cloud), order, cloud.Admin)).Must(201);
        await JoinAsync(cloud);
        await cloud.IdleAsync();
    }

    private static async Task PlacedOnOneThatIsOffAsync(TestCloud cloud)
    {
        await PlacedAsync(cloud);
        await cloud.Hosts[0].KillAgentAsync();
        await cloud.PassAsync(Sweeps);
        Assert.Contains($"{await RouterAsync(cloud)}", cloud.Hosts[0].Metal.Routers.Keys); // silence alone moves nothing
    }

    private static Task JoinAsync(TestCloud cloud) => ChangeAsync(cloud, "add", 400); // 400: overlaps itself

    private static Task LeaveAsync(TestCloud cloud) => ChangeAsync(cloud, "remove", 404);

    /// <param name="again">The answer where it was done before the connection broke.</param>
    private static async Task ChangeAsync(TestCloud cloud, string verb, int again)
    {
        var body = $$$"""{"subnet_id": "{{{await Ways.OneAsync(cloud, "SELECT id FROM subnets")}}}"}""";
        var path = $"{Routers}/{await RouterAsync(cloud)}/{verb}_router_interface";
        var answer = await cloud.InsistAsync(() => cloud.PutAsync(path, body, cloud.Demo));
        Assert.True(answer.Status == 200 || answer.Status == again, answer.Body);
    }

    private static async Task MoveAsync(TestCloud cloud)
    {
        var path = $"{await NodeAsync(cloud)}/{await RouterAsync(cloud)}";
        var answer = await cloud.InsistAsync(() => cloud.DeleteAsync(path, cloud.Admin));
        Assert.True(answer.Status is 204 or 409, answer.Body); // 409: it had moved before the connection broke
    }

    /// <summary>The other node has the router while the first is off, and the first lets go of its copy when it is back.</summary>
    private static async Task LeaveNodeAsync(TestCloud cloud)
    {
        await MoveAsync(cloud);
        await cloud.PassAsync(Sweeps);
        await cloud.IdleAsync();
        Assert.Equal([true, true], cloud.Hosts.Select(h => h.Metal.Routers.Count == 1));
        cloud.Hosts[0].StartAgent();
        await cloud.PassAsync(Sweeps);
    }

    private static async Task RemoveAsync(TestCloud cloud)
    {
        await LeaveAsync(cloud);
        (await cloud.DeleteAsync($"{Routers}/{await RouterAsync(cloud)}", cloud.Demo)).Must(204);
        await cloud.PassAsync(Sweeps);
    }

    /// <summary>One node has the router, and nobody has a copy: the other, unless that one could not take it.</summary>
    private static async Task RemoveMovedAsync(TestCloud cloud)
    {
        await cloud.PassAsync(Sweeps);
        await cloud.IdleAsync();
        var node = Assert.Single(cloud.Hosts, h => h.Metal.Routers.Count == 1);
        Assert.Equal($"{node.Id}", await Ways.OneAsync(cloud, "SELECT host_id FROM routers WHERE done = wanted"));
        Assert.Equal(0, await CountAsync(cloud, "router_copies"));
        if (await CountAsync(cloud, "instances WHERE name = 'ConvergeRouter' AND status <> 'Completed'") == 0)
            Assert.Equal(cloud.Hosts[1].Name, node.Name);
        await RemoveAsync(cloud);
    }

    /// <summary>The routers of the first host, as its agent has them.</summary>
    private static async Task<string> NodeAsync(TestCloud cloud)
    {
        var agent = await Ways.OneAsync(
            cloud,
            $"SELECT id FROM network_agents WHERE host_id = '{cloud.Hosts[0].Id}' AND agent_type = 'L3 agent'"
        );
        return $"{Agents}/{agent}/l3-routers";
    }

    private static Task<string> RouterAsync(TestCloud cloud) => Ways.OneAsync(cloud, "SELECT id FROM routers");

    private static Task<long> CountAsync(TestCloud cloud, string what) =>
        cloud.Store.ReadAsync(tx => tx.ScalarAsync<long>($"SELECT COUNT(*) FROM {what}"));
}
