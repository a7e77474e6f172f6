using Pipeline.Contracts.Network;
using Pipeline.Network.Routers;
using Pipeline.Network.Sweeps;

namespace Pipeline.Services.Tests.Network.Routers;

/// <summary>Where routers are, and what their hosts are told.</summary>
public sealed class RouterPlaceTests
{
    [Fact]
    public void A_router_is_placed_on_a_network_node_with_all_that_it_needs() =>
        NetworkWorld.Run(async world =>
        {
            var outside = await world.OutsideAsync();
            await world.NodeAsync(Ids.Host(1), "192.0.2.1", roles: "compute");
            var router = await world.RouterAsync(outside);
            var (subnet, _) = await world.SubnetAsync("10.0.0.0/24");
            await world.JoinAsync(router, subnet);
            var told = (await world.ToldAsync())[^1];
            Assert.Equal((RouterWorld.Node, router), (told.Host, told.Router.Id.ToString()));
            Assert.Equal(["10.0.0.1/24"], Assert.Single(told.Router.Legs).Addresses);
            Assert.EndsWith("/24", Assert.Single(told.Router.Gateway!.Leg.Addresses), StringComparison.Ordinal);
            Assert.Equal(("203.0.113.1", true), (told.Router.Gateway.NextHop, told.Router.Gateway.Snat));
            Assert.All(told.Ports, port => Assert.Equal((true, false), (port.Routed, port.Secured)));
            Assert.Equal(2, told.Networks.Count);
            Assert.Equal(0, await world.CountAsync("routers", "done <> wanted OR confirmed = 0"));
            Assert.Equal(2, await world.CountAsync("ports", "status = 'ACTIVE' AND host_id IS NOT NULL"));
        });

    [Fact]
    public void Hosts_with_guests_and_the_network_node_know_each_other() =>
        NetworkWorld.Run(async world =>
        {
            await world.NodeAsync(RouterWorld.Node, "192.0.2.9");
            await world.NodeAsync(Ids.Host(1), "192.0.2.1", roles: "compute");
            var (subnet, network) = await world.SubnetAsync("10.0.0.0/24");
            await world.RunServerAsync(Ids.Server(1), Ids.Host(1), network);
            await world.JoinAsync(await world.RouterAsync(), subnet);
            await world.SettleAsync();
            var ensure = Assert.Single(await world.Hosts.ArrivedAsync<EnsureRouter>());
            Assert.Equal(["192.0.2.1"], Assert.Single(ensure.Networks).Peers);
            var refresh = (await world.Hosts.ArrivedAsync<RefreshPorts>()).Single(r => r.Host == Ids.Host(1));
            Assert.Equal(["192.0.2.9"], Assert.Single(refresh.Networks).Peers);
        });

    [Fact]
    public void A_removed_interface_is_freed_when_the_node_has_let_go_of_it() =>
        NetworkWorld.Run(async world =>
        {
            await world.NodeAsync(RouterWorld.Node, "192.0.2.9");
            var router = await world.RouterAsync();
            var (first, _) = await world.SubnetAsync("10.0.0.0/24");
            var (second, network) = await world.SubnetAsync("10.1.0.0/24");
            await world.JoinAsync(router, first);
            await world.JoinAsync(router, second);
            await world.ToldAsync();
            await world.LeaveAsync(router, second);
            await world.SettleAsync();
            var told = Assert.Single(await world.Hosts.ArrivedAsync<EnsureRouter>());
            Assert.Single(told.Router.Legs);
            Assert.Equal([network], told.Left.Select(n => n.ToString()));
            Assert.Equal(1, await world.CountAsync("ip_allocations", "ip = '10.1.0.1'"));
            await world.Hosts.AnswerAsync();
            await world.SettleAsync();
            Assert.Equal(0, await world.CountAsync("ip_allocations", "ip = '10.1.0.1'"));
            await world.LeaveAsync(router, first);
            await world.SettleAsync();
            Assert.Single(await world.Hosts.ArrivedAsync<RemoveRouter>());
            await world.Hosts.AnswerAsync();
            await world.SettleAsync();
            Assert.Equal(0, await world.CountAsync("routers", "host_id IS NOT NULL OR done <> wanted"));
        });

    [Fact]
    public void A_node_that_cannot_is_given_up_and_another_one_is_asked() =>
        NetworkWorld.Run(async world =>
        {
            await world.NodeAsync(RouterWorld.Node, "192.0.2.9");
            var router = await world.RouterAsync();
            var (subnet, _) = await world.SubnetAsync("10.0.0.0/24");
            await world.JoinAsync(router, subnet);
            await world.SettleAsync();
            await world.Hosts.AnswerAsync(new(FaultCode.DriverFailed, "broken"));
            await world.SettleAsync();
            Assert.Single(await world.Hosts.ArrivedAsync<RemoveRouter>());
            await world.Hosts.AnswerAsync();
            await world.SettleAsync();
            Assert.Equal(1, await world.CountAsync("routers", "host_id IS NULL AND done < wanted"));
            world.Hosts.Up.Remove(RouterWorld.Node);
            await world.NodeAsync(Ids.Host(8), "192.0.2.8");
            await SweepAsync(world);
            Assert.Equal(Ids.Host(8), Assert.Single(await world.ToldAsync()).Host);
        });

    [Fact]
    public void A_router_waits_for_a_node_that_is_up() =>
        NetworkWorld.Run(async world =>
        {
            await world.JoinAsync(await world.RouterAsync(), (await world.SubnetAsync("10.0.0.0/24")).Subnet);
            Assert.Empty(await world.ToldAsync());
            await SweepAsync(world);
            Assert.Empty(await world.ToldAsync());
            await world.NodeAsync(RouterWorld.Node, "192.0.2.9");
            await SweepAsync(world);
            Assert.Single(await world.ToldAsync());
        });

    [Fact]
    public void A_node_that_begins_anew_is_told_its_routers_again() =>
        NetworkWorld.Run(async world =>
        {
            await world.NodeAsync(RouterWorld.Node, "192.0.2.9");
            await world.JoinAsync(await world.RouterAsync(), (await world.SubnetAsync("10.0.0.0/24")).Subnet);
            await world.ToldAsync();
            await world.NodeAsync(RouterWorld.Node, "192.0.2.9");
            Assert.Single(await world.ToldAsync());
        });

    private static async Task SweepAsync(NetworkWorld world)
    {
        var sweep = new RefreshLateRouters(world.Db, world.Get<RouterRefreshes>(), world.Hosts);
        await sweep.RunAsync(new(new(default, default), false));
        await world.SettleAsync();
    }
}
