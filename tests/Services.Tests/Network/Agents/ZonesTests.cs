using Pipeline.Contracts.Network;
using Pipeline.Network.Sweeps;
using Pipeline.Services.Tests.Network.Routers;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.Network.Agents;

/// <summary>Hosts are in zones; routers go where they were asked to be.</summary>
public sealed class ZonesTests
{
    private static readonly HostId West = Ids.Host(2);
    private static readonly HostId East = Ids.Host(3);

    [Fact]
    public void Zones_are_those_of_hosts_by_what_can_be_there() =>
        NetworkWorld.Run(async world =>
        {
            await world.NodeAsync(RouterWorld.Node, "192.0.2.9");
            await world.NodeAsync(West, "192.0.2.2", zone: "west");
            await world.NodeAsync(East, "192.0.2.3", roles: "compute", zone: "east");
            var agents = await world.GetAsync("/agents?agent_type=L3%20agent", "admin");
            Assert.Equal(["nova", "west"], agents.All("agents", "availability_zone").Order());
            var west = await world.GetAsync("/agents?availability_zone=west", "admin");
            Assert.Equal(["DHCP agent", "L3 agent"], west.All("agents", "agent_type").Order());
            var routing = await world.GetAsync("/agents?availability_zone=west&agent_type=L3%20agent", "admin");
            var id = Assert.Single(routing.All("agents", "id"));
            await world.PutAsync($"/agents/{id}", """{"agent":{"admin_state_up":false}}""", "admin");
            Golden.Matches((await world.GetAsync("/availability_zones")).Golden, "network/zones/list.200.json");
            var some = await world.GetAsync("/availability_zones?resource=router&state=available");
            Assert.Equal(["nova"], some.All("availability_zones", "name"));
        });

    [Fact]
    public void A_router_is_placed_in_the_zones_that_it_names_alone() =>
        NetworkWorld.Run(async world =>
        {
            await world.NodeAsync(RouterWorld.Node, "192.0.2.9");
            await world.NodeAsync(West, "192.0.2.2", zone: "west");
            await world.NodeAsync(East, "192.0.2.3", zone: "east");
            foreach (
                var (hint, host) in ((string, HostId)[])[("west", West), ("east", East), ("nova", RouterWorld.Node)]
            )
            {
                var router = await PlacedAsync(world, hint);
                Assert.Equal([host], (await world.ToldAsync()).Select(t => t.Host));
                var seen = await world.GetAsync($"/routers/{router}");
                Assert.Equal($"[\"{hint}\"]", seen.Text("router", "availability_zones"));
                Assert.Equal($"[\"{hint}\"]", seen.Text("router", "availability_zone_hints"));
            }
        });

    [Fact]
    public void A_router_whose_zone_is_down_waits_for_it() =>
        NetworkWorld.Run(async world =>
        {
            await world.NodeAsync(RouterWorld.Node, "192.0.2.9");
            await world.NodeAsync(West, "192.0.2.2", zone: "west");
            world.Hosts.Up.Remove(West);
            var router = await PlacedAsync(world, "west");
            await SweepAsync(world);
            Assert.Empty(await world.ToldAsync());
            Assert.Equal("[]", (await world.GetAsync($"/routers/{router}")).Text("router", "availability_zones"));
            world.Hosts.Up.Add(West);
            await SweepAsync(world);
            Assert.Equal([West], (await world.ToldAsync()).Select(t => t.Host));
        });

    [Fact]
    public void A_router_is_not_moved_out_of_its_zones() =>
        NetworkWorld.Run(async world =>
        {
            await world.NodeAsync(RouterWorld.Node, "192.0.2.9");
            await world.NodeAsync(West, "192.0.2.2", zone: "west");
            var router = await PlacedAsync(world, "west");
            await world.ToldAsync();
            var agents = await world.GetAsync($"/routers/{router}/l3-agents", "admin");
            var path = $"/agents/{agents.All("agents", "id")[0]}/l3-routers/{router}";
            Assert.Equal((409, "RouterHasNoOtherAgent"), (await world.DeleteAsync(path, "admin")).Fault);
            await world.NodeAsync(East, "192.0.2.3", zone: "west");
            Assert.Equal(204, (await world.DeleteAsync(path, "admin")).Status);
            Assert.Equal([East], (await world.ToldAsync()).Select(t => t.Host));
        });

    [Theory]
    [InlineData("network", "elsewhere")]
    [InlineData("router", "elsewhere")]
    [InlineData("router", "east")] // where there are guests, and no routers
    public void A_zone_where_it_cannot_be_is_refused(string kind, string zone) =>
        NetworkWorld.Run(async world =>
        {
            await world.NodeAsync(RouterWorld.Node, "192.0.2.9");
            await world.NodeAsync(East, "192.0.2.3", roles: "compute", zone: "east");
            var seen = await world.PostAsync($"/{kind}s", NetworkWorld.Item(kind, Hint(zone)));
            Assert.Equal((404, "AvailabilityZoneNotFound"), seen.Fault);
            Assert.Empty((await world.GetAsync($"/{kind}s")).All($"{kind}s", "id"));
        });

    [Fact]
    public void A_network_is_in_the_zones_of_the_hosts_that_serve_it() =>
        NetworkWorld.Run(async world =>
        {
            await world.NodeAsync(West, "192.0.2.2", roles: "compute", zone: "west");
            await world.NodeAsync(East, "192.0.2.3", roles: "compute", zone: "east");
            var network = await world.NetworkAsync(Hint("west"));
            await world.SubnetAsync(network, "10.0.0.0/24");
            await IsInAsync("nova"); // nowhere yet
            await world.RunServerAsync(Ids.Server(1), West, network);
            await IsInAsync("west");
            await world.RunServerAsync(Ids.Server(2), East, network);
            await IsInAsync("east", "west");

            async Task IsInAsync(params string[] zones) =>
                Assert.Equal(
                    $"[{string.Join(',', zones.Select(z => $"\"{z}\""))}]",
                    (await world.GetAsync($"/networks/{network}")).Text("network", "availability_zones")
                );
        });

    private static string Hint(string zone) => $"\"availability_zone_hints\":[\"{zone}\"]";

    /// <summary>A router with a port, for zones.</summary>
    private static async Task<string> PlacedAsync(NetworkWorld world, string zone)
    {
        var router = (await world.PostAsync("/routers", NetworkWorld.Item("router", Hint(zone)))).Id("router");
        await world.JoinAsync(router, (await world.SubnetAsync("10.0.0.0/24")).Subnet);
        await world.SettleAsync();
        return router;
    }

    private static async Task SweepAsync(NetworkWorld world)
    {
        var sweep = new RefreshLateRouters(
            world.Db,
            world.Get<Pipeline.Network.Routers.RouterRefreshes>(),
            world.Hosts
        );
        await sweep.RunAsync(new(new(default, default), false));
        await world.SettleAsync();
    }
}
