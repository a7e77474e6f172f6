using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;
using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>What a policy says of bandwidth is on the metal, for as long as the port is.</summary>
public sealed class A_port_is_limited
{
    private const string Root = "/network/v2.0";
    private static readonly HostLimit Slow = new(1000, 800);

    [Fact]
    public void A_policy_reaches_the_host_and_each_change_of_it_too() =>
        TestCloud.Run(async cloud =>
        {
            var before = await FurnishedAsync(cloud);
            var policy = await PolicyAsync(cloud);
            var rule = await LimitAsync(cloud, policy, """{"bandwidth_limit_rule": {"max_kbps": 1000}}""");
            await LimitNetworkAsync(cloud, $"\"{policy}\"");
            var id = await cloud.CreateServerAsync();
            await cloud.IdleAsync();
            Assert.Equal((Slow, null), OnMetal(cloud));
            await LimitAsync(
                cloud,
                policy,
                """{"bandwidth_limit_rule": {"max_kbps": 50, "max_burst_kbps": 9, "direction": "ingress"}}"""
            );
            await cloud.IdleAsync();
            Assert.Equal((Slow, new(50, 9)), OnMetal(cloud));
            var path = $"{Root}/qos/alias_bandwidth_limit_rules/{rule}";
            (await cloud.DeleteAsync(path, cloud.Admin)).Must(204);
            await cloud.IdleAsync();
            Assert.Equal((null, new(50, 9)), OnMetal(cloud));
            await LimitNetworkAsync(cloud, "null");
            await cloud.IdleAsync();
            Assert.Equal((null, null), OnMetal(cloud));
            (await cloud.DeleteAsync($"{Root}/qos/policies/{policy}", cloud.Admin)).Must(204);
            await Journey.EndAsync(cloud, id, before);
        });

    [Fact]
    public void A_host_that_was_silent_has_the_newest_limit_once_its_agent_is_back() =>
        TestCloud.Run(async cloud =>
        {
            await FurnishedAsync(cloud);
            var policy = await PolicyAsync(cloud);
            await LimitNetworkAsync(cloud, $"\"{policy}\"");
            await cloud.CreateServerAsync();
            await cloud.IdleAsync();
            await cloud.Hosts[0].KillAgentAsync();
            var rule = await LimitAsync(cloud, policy, """{"bandwidth_limit_rule": {"max_kbps": 7}}""");
            var path = $"{Root}/qos/alias_bandwidth_limit_rules/{rule}";
            const string faster = """{"alias_bandwidth_limit_rule": {"max_kbps": 1000}}""";
            (await cloud.PutAsync(path, faster, cloud.Admin)).Must(200);
            await cloud.PassAsync(TimeSpan.FromMinutes(1));
            Assert.Equal((null, null), OnMetal(cloud));
            cloud.Hosts[0].StartAgent();
            await cloud.IdleAsync();
            Assert.Equal((Slow, null), OnMetal(cloud));
        });

    [Fact]
    public void A_port_that_its_host_cannot_limit_keeps_no_other_from_its_news() =>
        TestCloud.Run(async cloud =>
        {
            var before = await FurnishedAsync(cloud);
            var policy = await PolicyAsync(cloud);
            await LimitNetworkAsync(cloud, $"\"{policy}\"");
            string[] servers = [await cloud.CreateServerAsync("one"), await cloud.CreateServerAsync("two")];
            await cloud.IdleAsync();
            var metal = cloud.Hosts[0].Metal;
            var (poor, other) = (metal.Ports.Keys.First(), metal.Ports.Keys.Last());
            var usual = metal.Before!;
            metal.Before = (operation, id) =>
                operation == "EnsurePort" && id == poor
                    ? throw new Fault(FaultCode.DriverFailed, "no kernel module for that")
                    : usual(operation, id);
            await LimitAsync(cloud, policy, """{"bandwidth_limit_rule": {"max_kbps": 1000}}""");
            await cloud.PassAsync(TimeSpan.FromMinutes(1));
            Assert.Equal((null, Slow), (metal.Ports[poor].EgressLimit, metal.Ports[other].EgressLimit));
            metal.Before = usual;
            await cloud.PassAsync(TimeSpan.FromMinutes(15));
            await cloud.IdleAsync();
            Assert.Equal(Slow, metal.Ports[poor].EgressLimit);
            await LimitNetworkAsync(cloud, "null");
            (await cloud.DeleteAsync($"{Root}/qos/policies/{policy}", cloud.Admin)).Must(204);
            (await cloud.DeleteAsync($"/compute/v2.1/servers/{servers[1]}", cloud.Demo)).Must(204);
            await Journey.EndAsync(cloud, servers[0], before);
        });

    [Fact]
    public void A_port_that_is_deleted_while_its_limit_is_on_the_way_leaves_nothing() =>
        TestCloud.Run(async cloud =>
        {
            var before = await FurnishedAsync(cloud);
            var policy = await PolicyAsync(cloud);
            await LimitNetworkAsync(cloud, $"\"{policy}\"");
            var id = await cloud.CreateServerAsync();
            await cloud.IdleAsync();
            var port = cloud.Hosts[0].Metal.Ports.Keys.Single();
            cloud.Faults.Begin();
            cloud.Faults.Do(
                new(Where.BeforeDriver, "EnsurePort"),
                async () => (await cloud.DeleteAsync($"{Root}/ports/{port}", cloud.Demo)).Must(204)
            );
            await LimitAsync(cloud, policy, """{"bandwidth_limit_rule": {"max_kbps": 1000}}""");
            await cloud.IdleAsync();
            Assert.Empty(cloud.Faults.Missed);
            Assert.Empty(cloud.Hosts[0].Metal.Ports);
            await LimitNetworkAsync(cloud, "null");
            (await cloud.DeleteAsync($"{Root}/qos/policies/{policy}", cloud.Admin)).Must(204);
            await Journey.EndAsync(cloud, id, before);
        });

    private static Task<Holdings> FurnishedAsync(TestCloud cloud) => Journey.FurnishedAsync(cloud);

    private static async Task<string> PolicyAsync(TestCloud cloud)
    {
        const string policy = """{"policy": {"name": "slow", "shared": true}}""";
        return (await cloud.PostAsync($"{Root}/qos/policies", policy, cloud.Admin)).Must(201).Text("policy", "id");
    }

    private static async Task<string> LimitAsync(TestCloud cloud, string policy, string rule) =>
        (await cloud.PostAsync($"{Root}/qos/policies/{policy}/bandwidth_limit_rules", rule, cloud.Admin))
            .Must(201)
            .Text("bandwidth_limit_rule", "id");

    /// <param name="policy">As JSON.</param>
    private static async Task LimitNetworkAsync(TestCloud cloud, string policy)
    {
        var network = $$$"""{"network": {"qos_policy_id": {{{policy}}}}}""";
        (await cloud.PutAsync($"{Root}/networks/{cloud.Network}", network, cloud.Demo)).Must(200);
    }

    /// <summary>What limits the one port that is on the metal: what its guest sends, what it is sent.</summary>
    private static (HostLimit? Egress, HostLimit? Ingress) OnMetal(TestCloud cloud)
    {
        var port = Assert.Single(cloud.Hosts.SelectMany(host => host.Metal.Ports.Values));
        return (port.EgressLimit, port.IngressLimit);
    }
}
