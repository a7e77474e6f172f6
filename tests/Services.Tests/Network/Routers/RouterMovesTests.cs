using Pipeline.Contracts.Hosts;
using Pipeline.Contracts.Network;
using Pipeline.Network.Routers;
using Pipeline.Network.Sweeps;

namespace Pipeline.Services.Tests.Network.Routers;

/// <summary>Routers that an operator takes from their node.</summary>
public sealed class RouterMovesTests
{
    private static readonly HostId Second = Ids.Host(8);

    [Fact]
    public void A_router_leaves_a_node_that_is_up_before_it_comes_to_another() =>
        NetworkWorld.Run(async world =>
        {
            var (router, network) = await PlacedAsync(world);
            Assert.Equal(204, await TakeAsync(world, router));
            await world.SettleAsync();
            var left = Assert.Single(await world.Hosts.ArrivedAsync<RemoveRouter>());
            Assert.Equal((RouterWorld.Node, network), (left.Host, Assert.Single(left.Networks).ToString()));
            Assert.Single(left.Ports);
            Assert.Empty(await world.Hosts.ArrivedAsync<EnsureRouter>());
            Assert.Equal([Second], (await world.ToldAsync()).Select(t => t.Host));
            await IsWholeAsync(world, Second);
        });

    [Fact]
    public void A_router_leaves_a_silent_node_at_the_operators_word_and_never_because_of_its_silence() =>
        NetworkWorld.Run(async world =>
        {
            var (router, _) = await PlacedAsync(world);
            world.Hosts.Up.Remove(RouterWorld.Node);
            await SweepAsync(world);
            Assert.Empty(await world.ToldAsync());
            Assert.Equal(204, await TakeAsync(world, router));
            Assert.Equal([Second], (await world.ToldAsync()).Select(t => t.Host));
            Assert.Empty(await world.Hosts.ArrivedAsync<RemoveRouter>());
            Assert.Equal(1, await world.CountAsync("router_copies", $"host_id = '{RouterWorld.Node}'"));
            Assert.Equal(1, await world.CountAsync("ports", $"host_id = '{Second}' AND status = 'ACTIVE'"));
        });

    [Fact]
    public void A_word_that_came_before_the_silence_was_seen_can_be_said_again() =>
        NetworkWorld.Run(async world =>
        {
            var (router, _) = await PlacedAsync(world);
            Assert.Equal(204, await TakeAsync(world, router)); // the node is dead, and nobody has noticed yet
            await world.SettleAsync();
            Assert.Equal(204, await TakeAsync(world, router));
            Assert.Empty(await world.Hosts.ArrivedAsync<EnsureRouter>());
            world.Hosts.Up.Remove(RouterWorld.Node);
            Assert.Equal(204, await TakeAsync(world, router));
            await world.SettleAsync();
            var orders = await world.Hosts.ArrivedAsync<EnsureRouter>();
            Assert.Equal([Second], orders.Select(o => o.Host));
        });

    [Fact]
    public void A_node_that_comes_back_and_dies_again_holds_nothing_up() =>
        NetworkWorld.Run(async world =>
        {
            var (router, _) = await PlacedAsync(world);
            world.Hosts.Up.Remove(RouterWorld.Node);
            await TakeAsync(world, router);
            await world.ToldAsync();
            await world.NodeAsync(RouterWorld.Node, "192.0.2.9");
            await world.SettleAsync();
            Assert.Single(await world.Hosts.ArrivedAsync<RemoveRouter>()); // and is never answered
            var told = Assert.Single(await world.Hosts.ArrivedAsync<EnsureRouter>());
            Assert.Equal(Second, told.Host);
        });

    [Fact]
    public void A_node_that_comes_back_is_told_to_let_go_of_its_copy_first() =>
        NetworkWorld.Run(async world =>
        {
            var (router, network) = await PlacedAsync(world);
            world.Hosts.Up.Remove(RouterWorld.Node);
            await TakeAsync(world, router);
            await world.ToldAsync();
            await world.NodeAsync(RouterWorld.Node, "192.0.2.9");
            await world.SettleAsync();
            var order = (await world.Hosts.ArrivedAsync()).First(o => o.Host == RouterWorld.Node);
            Assert.Equal(nameof(RemoveRouter), order.Name);
            var left = Assert.Single(await world.Hosts.ArrivedAsync<RemoveRouter>());
            Assert.Equal(network, Assert.Single(left.Networks).ToString());
            await world.ToldAsync();
            await IsWholeAsync(world, Second);
        });

    [Fact]
    public void A_sweep_takes_what_a_node_may_have_of_a_router_for_its_own_until_it_has_let_go() =>
        NetworkWorld.Run(async world =>
        {
            var (router, network) = await PlacedAsync(world);
            var port = await world.Db.ReadAsync(tx => tx.ScalarAsync<string>("SELECT port_id FROM router_ports"));
            Holding[] held =
            [
                new(HoldingKind.Router, Guid.Parse(router)),
                new(HoldingKind.Port, Guid.Parse(port!), Guid.Parse(network)),
                new(HoldingKind.Network, Guid.Parse(network)),
            ];
            world.Hosts.Up.Remove(RouterWorld.Node);
            await TakeAsync(world, router);
            await world.ToldAsync();
            var records = await PlacesAsync(world, held);
            Assert.Equal(held, records.Where(r => r.Host == RouterWorld.Node).Select(r => r.Item).OrderBy(i => i.Kind));
            Assert.Equal(held.Length, records.Count);
            Assert.Empty(await PlacesAsync(world, [])); // nobody misses a copy
            await world.NodeAsync(RouterWorld.Node, "192.0.2.9");
            await world.ToldAsync();
            Assert.DoesNotContain(await PlacesAsync(world, held), r => r.Host == RouterWorld.Node);
        });

    [Fact]
    public void A_node_that_was_only_cut_off_lets_go_of_its_copy_when_it_is_heard_again() =>
        NetworkWorld.Run(async world =>
        {
            var (router, _) = await PlacedAsync(world);
            world.Hosts.Up.Remove(RouterWorld.Node);
            await TakeAsync(world, router);
            await world.ToldAsync();
            await SweepAsync(world);
            Assert.Empty(await world.Hosts.ArrivedAsync<RemoveRouter>());
            world.Hosts.Up.Add(RouterWorld.Node);
            await SweepAsync(world);
            Assert.Single(await world.Hosts.ArrivedAsync<RemoveRouter>());
            await world.ToldAsync();
            await IsWholeAsync(world, Second);
        });

    [Fact]
    public void Nothing_waits_for_an_order_that_a_silent_node_has_not_answered() =>
        NetworkWorld.Run(async world =>
        {
            var (router, _) = await PlacedAsync(world);
            var (subnet, _) = await world.SubnetAsync("10.9.0.0/24");
            await world.JoinAsync(router, subnet);
            await world.SettleAsync();
            var open = Assert.Single(await world.Hosts.ArrivedAsync());
            world.Hosts.Up.Remove(RouterWorld.Node);
            Assert.Equal(204, await TakeAsync(world, router));
            await world.SettleAsync();
            var told = (await world.Hosts.ArrivedAsync()).Single(o => o.ActivityId != open.ActivityId);
            Assert.Equal((nameof(EnsureRouter), Second), (told.Name, told.Host));
            Assert.True(told.Epoch > open.Epoch); // what of the old order arrives yet is refused
            await world.ToldAsync(); // the old node's late answer is among these
            Assert.Equal(2, await world.CountAsync("ports", $"host_id = '{Second}' AND status = 'ACTIVE'"));
            Assert.Equal(2, await world.CountAsync("router_copies", $"host_id = '{RouterWorld.Node}'"));
        });

    [Fact]
    public void A_node_whose_first_order_was_never_answered_does_not_hold_the_router() =>
        NetworkWorld.Run(async world =>
        {
            await NodesAsync(world);
            var router = await world.RouterAsync();
            await world.JoinAsync(router, (await world.SubnetAsync("10.0.0.0/24")).Subnet);
            await world.SettleAsync();
            Assert.Equal(RouterWorld.Node, Assert.Single(await world.Hosts.ArrivedAsync()).Host);
            await world.Hosts.ForgetAsync();
            world.Hosts.Up[0] = Second; // the first is silent
            Assert.Equal(204, await TakeAsync(world, router));
            Assert.Equal([Second], (await world.ToldAsync()).Select(t => t.Host));
        });

    [Fact]
    public void A_router_stays_where_there_is_no_other_node() =>
        NetworkWorld.Run(async world =>
        {
            var (router, _) = await PlacedAsync(world);
            world.Hosts.Up.Remove(Second);
            Assert.Equal(409, await TakeAsync(world, router));
            Assert.Empty(await world.ToldAsync());
            await IsWholeAsync(world, RouterWorld.Node);
        });

    [Fact]
    public void All_routers_leave_a_node_at_one_word() =>
        NetworkWorld.Run(async world =>
        {
            await PlacedAsync(world);
            world.Hosts.Up.Remove(Second);
            await world.JoinAsync(await world.RouterAsync(), (await world.SubnetAsync("10.1.0.0/24")).Subnet);
            await world.ToldAsync();
            var all = $"/agents/{await AgentAsync(world, RouterWorld.Node)}/l3-routers";
            var stay = await world.DeleteAsync(all, "admin");
            Assert.Equal((409, "RouterHasNoOtherAgent"), stay.Fault);
            Assert.Equal(
                2,
                (await world.GetAsync(all, "admin")).All("routers", "id").Count(id => stay.Body.Contains(id))
            );
            Assert.Empty(await world.ToldAsync());
            world.Hosts.Up.Add(Second);
            Assert.Equal(403, (await world.DeleteAsync(all)).Status);
            Assert.Equal(204, (await world.DeleteAsync(all, "admin")).Status);
            Assert.Equal([Second, Second], (await world.ToldAsync()).Select(t => t.Host));
            Assert.Equal(2, await world.CountAsync("routers", $"host_id = '{Second}' AND done = wanted"));
            Assert.Equal(0, await world.CountAsync("router_copies"));
            Assert.Equal(2, await world.CountAsync("audit", "rule = 'network:agents:remove-routers'"));
            Assert.Equal(204, (await world.DeleteAsync(all, "admin")).Status);
            Assert.Equal(404, (await world.DeleteAsync("/agents/none/l3-routers", "admin")).Status);
        });

    [Fact]
    public void All_routers_leave_a_silent_node_also_those_that_it_was_being_told_to_let_go_of() =>
        NetworkWorld.Run(async world =>
        {
            var (router, _) = await PlacedAsync(world);
            Assert.Equal(204, await TakeAsync(world, router)); // the node is dead, and nobody has noticed yet
            await world.SettleAsync();
            world.Hosts.Up.Remove(RouterWorld.Node);
            var agent = await AgentAsync(world, RouterWorld.Node);
            Assert.Equal(204, (await world.DeleteAsync($"/agents/{agent}/l3-routers", "admin")).Status);
            await world.SettleAsync();
            Assert.Equal([Second], (await world.Hosts.ArrivedAsync<EnsureRouter>()).Select(o => o.Host));
        });

    [Fact]
    public void A_router_that_is_deleted_meanwhile_is_remembered_until_its_copy_is_gone() =>
        NetworkWorld.Run(async world =>
        {
            var (router, _) = await PlacedAsync(world);
            world.Hosts.Up.Remove(RouterWorld.Node);
            await TakeAsync(world, router);
            await world.ToldAsync();
            var subnet = (await world.GetAsync("/subnets")).All("subnets", "id")[0];
            Assert.Equal(200, (await world.LeaveAsync(router, subnet)).Status);
            Assert.Equal(204, (await world.DeleteAsync($"/routers/{router}")).Status);
            await world.ToldAsync();
            Assert.Equal(404, (await world.GetAsync($"/routers/{router}")).Status);
            Assert.Equal(1, await world.CountAsync("routers"));
            await world.NodeAsync(RouterWorld.Node, "192.0.2.9");
            await world.ToldAsync();
            Assert.Equal((0, 0), (await world.CountAsync("routers"), await world.CountAsync("router_copies")));
        });

    [Fact]
    public void Who_may_move_what_and_what_is_refused() =>
        NetworkWorld.Run(async world =>
        {
            var (router, _) = await PlacedAsync(world);
            var (first, second) = (await AgentAsync(world, RouterWorld.Node), await AgentAsync(world, Second));
            var path = $"/agents/{first}/l3-routers";
            Assert.Equal(403, (await world.DeleteAsync($"{path}/{router}")).Status);
            Assert.Equal(404, (await world.DeleteAsync($"{path}/{Guid.Empty}", "admin")).Status);
            var elsewhere = await world.DeleteAsync($"/agents/{second}/l3-routers/{router}", "admin");
            Assert.Equal((409, "RouterNotHostedByL3Agent"), elsewhere.Fault);
            var body = NetworkWorld.Pair("router_id", router);
            Assert.Equal(403, (await world.PostAsync(path, $"{{{body}}}")).Status);
            Assert.Equal(201, (await world.PostAsync(path, $"{{{body}}}", "admin")).Status); // it is there
            var hosted = await world.PostAsync($"/agents/{second}/l3-routers", $"{{{body}}}", "admin");
            Assert.Equal((409, "RouterHostedByL3Agent"), hosted.Fault);
            Assert.Contains(first, hosted.Body); // who has it, not who was asked
            await world.PutAsync($"/agents/{second}", """{"agent":{"admin_state_up":false}}""", "admin");
            var other = await world.RouterAsync();
            var disabled = await world.PostAsync(
                $"/agents/{second}/l3-routers",
                $$"""{"router_id":"{{other}}"}""",
                "admin"
            );
            Assert.Equal((409, "InvalidL3Agent"), disabled.Fault);
        });

    [Fact]
    public void A_router_comes_first_to_the_node_that_an_operator_chose() =>
        NetworkWorld.Run(async world =>
        {
            await NodesAsync(world);
            var router = await world.RouterAsync();
            var chosen = await AgentAsync(world, Second);
            var put = await world.PostAsync(
                $"/agents/{chosen}/l3-routers",
                $$"""{"router_id":"{{router}}"}""",
                "admin"
            );
            Assert.Equal((201, "null"), (put.Status, put.Body));
            Assert.Equal(
                [router],
                (await world.GetAsync($"/agents/{chosen}/l3-routers", "admin")).All("routers", "id")
            );
            await world.JoinAsync(router, (await world.SubnetAsync("10.0.0.0/24")).Subnet);
            Assert.Equal([Second], (await world.ToldAsync()).Select(t => t.Host));
            var empty = await world.RouterAsync();
            await world.PostAsync($"/agents/{chosen}/l3-routers", $$"""{"router_id":"{{empty}}"}""", "admin");
            Assert.Equal(204, (await world.DeleteAsync($"/agents/{chosen}/l3-routers/{empty}", "admin")).Status);
        });

    private static async Task NodesAsync(NetworkWorld world)
    {
        await world.NodeAsync(RouterWorld.Node, "192.0.2.9");
        await world.NodeAsync(Second, "192.0.2.8");
        world.Hosts.Up.Remove(Second);
    }

    /// <summary>A router with one interface on the first of two nodes; the interface's network.</summary>
    private static async Task<(string Router, string Network)> PlacedAsync(NetworkWorld world)
    {
        await NodesAsync(world);
        var router = await world.RouterAsync();
        var (subnet, network) = await world.SubnetAsync("10.0.0.0/24");
        await world.JoinAsync(router, subnet);
        await world.ToldAsync();
        world.Hosts.Up.Add(Second);
        return (router, network);
    }

    private static async Task<int> TakeAsync(NetworkWorld world, string router)
    {
        var agent = await AgentAsync(world, RouterWorld.Node);
        return (await world.DeleteAsync($"/agents/{agent}/l3-routers/{router}", "admin")).Status;
    }

    private static async Task<string> AgentAsync(NetworkWorld world, HostId host)
    {
        var agents = await world.Db.ReadAsync(tx =>
            tx.ListAsync<string>(
                "SELECT id FROM network_agents WHERE host_id = @host AND agent_type = 'L3 agent'",
                new { host }
            )
        );
        return Assert.Single(agents);
    }

    /// <summary>What the records say of what the first node holds.</summary>
    private static Task<IReadOnlyList<LedgerRecord>> PlacesAsync(NetworkWorld world, IReadOnlyList<Holding> held) =>
        world.Db.ReadAsync<IReadOnlyList<LedgerRecord>>(async tx =>
            [
                .. await new RouterLedger().ReadAsync(tx, RouterWorld.Node, held),
                .. await new PortLedger().ReadAsync(tx, RouterWorld.Node, held),
            ]
        );

    /// <summary>One host has the router, all that it has is confirmed, and nobody has anything else of it.</summary>
    private static async Task IsWholeAsync(NetworkWorld world, HostId host)
    {
        Assert.Equal(1, await world.CountAsync("routers", $"host_id = '{host}' AND done = wanted AND confirmed = 1"));
        Assert.Equal(0, await world.CountAsync("router_copies"));
        Assert.Equal(0, await world.CountAsync("ports", $"device_owner LIKE '%router%' AND host_id <> '{host}'"));
    }

    private static async Task SweepAsync(NetworkWorld world)
    {
        var sweep = new RefreshLateRouters(world.Db, world.Get<RouterRefreshes>(), world.Hosts);
        await sweep.RunAsync(new(new(default, default), false));
        await world.SettleAsync();
    }
}
