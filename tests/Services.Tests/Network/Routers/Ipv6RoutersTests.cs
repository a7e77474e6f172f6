namespace Pipeline.Services.Tests.Network.Routers;

public sealed class Ipv6RoutersTests
{
    [Fact]
    public void The_subnets_of_a_network_share_an_interface_and_leave_it_one_by_one() =>
        NetworkWorld.Run(async world =>
        {
            var router = await world.RouterAsync();
            var (network, first) = await world.DualAsync();
            var second = await world.Subnet6Async(network, "fd01::/64", Ipv6World.Stateful);
            var port = PortOf(await world.JoinAsync(router, first));
            Assert.Equal(["fd00::1"], await world.AddressesAsync(port));
            Assert.Equal(port, PortOf(await world.JoinAsync(router, second)));
            Assert.Equal(["fd00::1", "fd01::1"], await world.AddressesAsync(port));
            Assert.Equal((400, "BadRequest"), (await world.JoinAsync(router, second)).Fault);
            Assert.Equal((409, "SubnetInUse"), (await world.DeleteAsync($"/subnets/{first}")).Fault);
            var left = await world.LeaveAsync(router, first);
            Assert.Equal((port, $"[\"{first}\"]"), (PortOf(left), left.Json.GetProperty("subnet_ids").ToString()));
            Assert.Equal(["fd01::1"], await world.AddressesAsync(port));
            Assert.Equal(204, (await world.DeleteAsync($"/subnets/{first}")).Status);
            Assert.Equal(200, (await world.LeaveAsync(router, second)).Status);
            Assert.Equal(0, await world.CountAsync("router_ports"));
        });

    [Fact]
    public void A_subnet_of_ipv4_has_an_interface_of_its_own() =>
        NetworkWorld.Run(async world =>
        {
            var router = await world.RouterAsync();
            var network = await world.NetworkAsync();
            var four = await world.SubnetAsync(network, "10.0.0.0/24");
            var six = await world.Subnet6Async(network, "fd00::/64");
            Assert.NotEqual(PortOf(await world.JoinAsync(router, four)), PortOf(await world.JoinAsync(router, six)));
        });

    [Fact]
    public void What_cannot_be_joined_is_refused_and_writes_nothing() =>
        NetworkWorld.Run(async world =>
        {
            var router = await world.RouterAsync();
            var network = await world.NetworkAsync();
            var first = await world.Subnet6Async(network, "fd00::/64");
            var foreign = await world.Subnet6Async(network, "fd01::/64", "\"ipv6_address_mode\":\"slaac\"");
            Assert.Equal((400, "BadRequest"), (await world.JoinAsync(router, foreign)).Fault); // another router's
            await world.JoinAsync(router, first);
            var other = await world.NetworkAsync();
            var twin = await world.Subnet6Async(other, "fd00::/63", Ipv6World.Stateful);
            Assert.Equal((400, "BadRequest"), (await world.JoinAsync(router, twin)).Fault);
            var port = await world.PortAsync(network);
            var path = $"/routers/{router}/add_router_interface";
            var second = await world.PutAsync(path, $$"""{"port_id":"{{port}}"}""");
            Assert.Equal((400, "BadRequest"), second.Fault); // it has an interface for IPv6 there
            Assert.Equal(1, await world.CountAsync("router_ports"));
        });

    [Fact]
    public void A_router_is_told_what_to_announce_and_where_either_family_leaves() =>
        NetworkWorld.Run(async world =>
        {
            var outside = await world.OutsideAsync();
            await world.Subnet6Async(outside, "2001:db8::/64", "\"enable_dhcp\":false", "admin");
            var router = await world.RouterAsync(outside);
            var (network, auto) = await world.DualAsync(Ipv6World.Slaac + ",\"dns_nameservers\":[\"fd00::53\"]");
            var quiet = await world.Subnet6Async(network, "fd01::/64", "\"enable_dhcp\":false");
            await world.JoinAsync(router, auto);
            await world.JoinAsync(router, quiet);
            var told = (await world.ToldAsync())[^1].Router;
            var leg = Assert.Single(told.Legs);
            Assert.Equal(["fd00::1/64", "fd01::1/64"], leg.Addresses);
            var announced = Assert.Single(leg.Advertisements!);
            Assert.Equal(("fd00::/64", "slaac"), (announced.Prefix, announced.Mode));
            Assert.Equal(["fd00::53"], announced.Nameservers);
            var gateway = told.Gateway!;
            Assert.Equal(["203.0.113.2/24", "2001:db8::2/64"], gateway.Leg.Addresses);
            Assert.Equal(("203.0.113.1", "2001:db8::1"), (gateway.NextHop, gateway.NextHop6));
            Assert.Null(gateway.Leg.Advertisements);
        });

    [Fact]
    public void Routes_are_of_either_family_and_of_one() =>
        NetworkWorld.Run(async world =>
        {
            var router = await world.RouterAsync();
            var (_, six) = await world.DualAsync();
            await world.JoinAsync(router, six);
            string Route(string to, string by) =>
                $$$"""{"router":{"routes":[{"destination":"{{{to}}}","nexthop":"{{{by}}}"}]}}""";
            var path = $"/routers/{router}";
            var set = await world.PutAsync(path, Route("FD09::/48", "fd00:0::9"));
            Assert.Equal("""[{"destination":"fd09::/48","nexthop":"fd00::9"}]""", set.Text("router", "routes"));
            Assert.Equal((409, "RouterInterfaceInUseByRoute"), (await world.LeaveAsync(router, six)).Fault);
            foreach (
                var (to, by) in new[] { ("10.0.0.0/8", "fd00::9"), ("fd09::/48", "fd07::9"), ("fd09::/48", "fd00::1") }
            )
                Assert.Equal((400, "InvalidRoutes"), (await world.PutAsync(path, Route(to, by))).Fault);
        });

    [Fact]
    public void A_floating_address_stands_for_one_of_ipv4() =>
        NetworkWorld.Run(async world =>
        {
            var (outside, _, port) = await world.RoutedAsync();
            await world.Subnet6Async(outside, "2001:db8::/64", "\"enable_dhcp\":false", "admin");
            var network = (await world.GetAsync($"/ports/{port}")).Text("port", "network_id");
            await world.Subnet6Async(network, "fd00::/64");
            var own = (await world.AddressesAsync(port))[1];
            var wrong = await world.FloatAsync(outside, $"\"port_id\":\"{port}\",\"fixed_ip_address\":\"{own}\"");
            Assert.Equal((400, "BadRequest"), wrong.Fault);
            var floating = await world.FloatAsync(outside, $"\"port_id\":\"{port}\"");
            Assert.Equal("10.0.0.11", floating.Text("floatingip", "fixed_ip_address"));
            Assert.Equal(
                1,
                await world.CountAsync(
                    "ip_allocations a JOIN ports p ON p.id = a.port_id",
                    "p.device_owner = 'network:floatingip'"
                )
            );
        });

    private static string PortOf(Seen seen) => seen.Json.GetProperty("port_id").GetString()!;
}
