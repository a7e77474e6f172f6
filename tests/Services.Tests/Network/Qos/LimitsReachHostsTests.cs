using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Network;

namespace Pipeline.Services.Tests.Network.Qos;

public sealed class LimitsReachHostsTests
{
    private static readonly HostId One = Ids.Host(1);

    [Fact]
    public void Each_change_of_what_limits_a_port_is_told_and_nothing_else() =>
        NetworkWorld.Run(async world =>
        {
            var (wide, own) = (await world.QosAsync(), await world.QosAsync());
            var network = await world.NetworkAsync(QosWorld.Named(wide));
            await world.SubnetAsync(network, "10.0.0.0/24");
            var port = await world.RunServerAsync(Ids.Server(1), One, network);
            Assert.Null(await ToldAsync(world)); // it was plugged without a limit
            var rule = await world.LimitAsync(wide, "\"max_kbps\":1000");
            Assert.Equal((new(1000, 800), null), await ToldAsync(world));
            await world.LimitAsync(wide, "\"max_kbps\":300,\"max_burst_kbps\":7,\"direction\":\"ingress\"");
            Assert.Equal((new(1000, 800), new(300, 7)), await ToldAsync(world));
            await world.LimitAsync(own, "\"max_kbps\":20");
            Assert.Null(await ToldAsync(world)); // nothing has it
            await world.PutAsync($"/ports/{port}", NetworkWorld.Item("port", QosWorld.Named(own)));
            Assert.Equal((new(20, 16), null), await ToldAsync(world));
            var path = $"/qos/alias_bandwidth_limit_rules/{rule.Id("bandwidth_limit_rule")}";
            await world.PutAsync(path, """{"alias_bandwidth_limit_rule":{"max_kbps":2000}}""", "manager");
            Assert.Null(await ToldAsync(world)); // its own policy says all
            await world.PutAsync($"/ports/{port}", """{"port":{"qos_policy_id":null}}""");
            Assert.Equal((new(2000, 1600), new(300, 7)), await ToldAsync(world));
            await world.PutAsync(path, """{"alias_bandwidth_limit_rule":{"max_kbps":0}}""", "manager");
            Assert.Equal((null, new(300, 7)), await ToldAsync(world)); // 0 limits nothing
            await world.PutAsync($"/qos/policies/{wide}", """{"policy":{"name":"x"}}""", "manager");
            Assert.Null(await ToldAsync(world));
            await world.PutAsync($"/networks/{network}", """{"network":{"qos_policy_id":null}}""");
            Assert.Equal((null, null), await ToldAsync(world));
        });

    [Fact]
    public void A_port_has_its_limits_from_the_moment_it_is_plugged() =>
        NetworkWorld.Run(async world =>
        {
            var policy = await world.QosAsync();
            await world.LimitAsync(policy, "\"max_kbps\":1000");
            var network = await world.NetworkAsync(QosWorld.Named(policy));
            await world.SubnetAsync(network, "10.0.0.0/24");
            var bound = await world.BindAsync(Ids.Server(1), One, Ids.Nic(network));
            Assert.Equal(new HostLimit(1000, 800), bound.Ports[0].EgressLimit);
            await world.LimitAsync(policy, "\"max_kbps\":5,\"direction\":\"ingress\""); // while it is being plugged
            await world.SettleAsync();
            Assert.Empty(await world.Hosts.ArrivedAsync<RefreshPorts>());
            await world.ActivateAsync(Ids.Server(1));
            Assert.Equal((new(1000, 800), new(5, 4)), await ToldAsync(world));
        });

    [Fact]
    public void A_deleted_port_is_not_told_and_its_policy_may_go() =>
        NetworkWorld.Run(async world =>
        {
            var policy = await world.QosAsync();
            var network = await world.NetworkAsync();
            await world.SubnetAsync(network, "10.0.0.0/24");
            var port = await world.RunServerAsync(Ids.Server(1), One, network);
            await world.PutAsync($"/ports/{port}", NetworkWorld.Item("port", QosWorld.Named(policy)));
            await ToldAsync(world);
            await world.DeleteAsync($"/ports/{port}");
            await world.LimitAsync(policy, "\"max_kbps\":1000");
            Assert.Equal(204, (await world.DeleteAsync($"/qos/policies/{policy}", "manager")).Status);
            await world.SettleAsync();
            Assert.Empty(await world.Hosts.ArrivedAsync<RefreshPorts>());
            Assert.Single(await world.Hosts.ArrivedAsync<UnplugPorts>());
        });

    /// <summary>The one port's limits, what it sends first, as the last order says them; null where none came.</summary>
    private static async Task<(HostLimit? Egress, HostLimit? Ingress)?> ToldAsync(NetworkWorld world)
    {
        await world.SettleAsync();
        var orders = await world.Hosts.ArrivedAsync<RefreshPorts>();
        await world.Hosts.AnswerAsync();
        await world.SettleAsync();
        if (orders.Count == 0)
            return null;
        var port = Assert.Single(Assert.Single(orders).Ports);
        return (port.EgressLimit, port.IngressLimit);
    }
}
