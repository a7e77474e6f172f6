using Pipeline.Contracts.Network;
using Pipeline.Network.Ipam;
using Pipeline.Network.Ports;

namespace Pipeline.Services.Tests.Network.Ports;

public sealed class Ipv6PortsTests
{
    private const string Mac = "\"mac_address\":\"fa:16:3e:00:12:34\"";
    private const string Own = "fd00::f816:3eff:fe00:1234";

    [Theory]
    [InlineData("fd00::/64", "fa:16:3e:00:12:34", Own)]
    [InlineData("2001:db8:0:1::/64", "00:00:00:00:00:01", "2001:db8:0:1:200:ff:fe00:1")]
    [InlineData("fd00::/64", "02:ff:ff:ff:ff:ff", "fd00::ff:ffff:feff:ffff")]
    public void A_guests_own_address_is_made_of_the_prefix_and_its_mac(string prefix, string mac, string address)
    {
        Assert.True(Cidr.TryParse(prefix, out var cidr));
        Assert.Equal(address, SelfAddressed.AddressOf(cidr, mac).ToString());
    }

    [Fact]
    public void A_port_that_asks_for_nothing_has_an_address_of_each_family() =>
        NetworkWorld.Run(async world =>
        {
            var (network, _) = await world.DualAsync();
            await world.Subnet6Async(network, "fd01::/64", Ipv6World.Stateless);
            await world.Subnet6Async(network, "fd02::/64", Ipv6World.Stateful);
            var port = await world.PortAsync(network, Mac);
            var addresses = await world.AddressesAsync(port);
            Assert.Equal(["10.0.0.3", "fd02::3"], addresses.Take(2));
            Assert.Equal([Own, "fd01::f816:3eff:fe00:1234"], addresses.Skip(2).Order());
        });

    [Fact]
    public void A_port_has_its_guests_own_addresses_beside_those_it_asks_for() =>
        NetworkWorld.Run(async world =>
        {
            var (network, subnet) = await world.DualAsync();
            var named = await world.PortAsync(network, $"{Mac},\"fixed_ips\":[{{\"subnet_id\":\"{subnet}\"}}]");
            Assert.Equal([Own], await world.AddressesAsync(named));
            var old = await world.PortAsync(network, "\"fixed_ips\":[{\"ip_address\":\"10.0.0.77\"}]");
            Assert.Equal(2, (await world.AddressesAsync(old)).Count);
            var none = await world.PortAsync(network, "\"fixed_ips\":[]");
            Assert.Empty(await world.AddressesAsync(none));
        });

    [Fact]
    public void Nobody_chooses_an_address_where_guests_make_their_own() =>
        NetworkWorld.Run(async world =>
        {
            var (network, subnet) = await world.DualAsync();
            foreach (var item in new[] { "", $",\"subnet_id\":\"{subnet}\"" })
            {
                var asked = $"\"fixed_ips\":[{{\"ip_address\":\"fd00::9\"{item}}}]";
                var seen = await world.PostAsync("/ports", NetworkWorld.PortBody(network, asked));
                Assert.Equal((400, "AllocationOnAutoAddressSubnet"), seen.Fault);
            }
            var port = await world.PortAsync(network, Mac);
            var changed = await ChangeAsync(world, port, "{\"ip_address\":\"fd00::9\"}");
            Assert.Equal((400, "AllocationOnAutoAddressSubnet"), changed.Fault);
            var same = await ChangeAsync(world, port, $"{{\"ip_address\":\"{Own}\"}}");
            Assert.Equal([Own], same.Addresses);
        });

    [Fact]
    public void A_change_of_addresses_leaves_those_that_guests_make() =>
        NetworkWorld.Run(async world =>
        {
            var (network, _) = await world.DualAsync();
            var port = await world.PortAsync(network, Mac);
            var moved = await ChangeAsync(world, port, "{\"ip_address\":\"10.0.0.88\"}");
            Assert.Equal(["10.0.0.88", Own], moved.Addresses);
            Assert.Empty((await ChangeAsync(world, port, "")).Addresses);
            var again = await ChangeAsync(world, port, "{\"ip_address\":\"10.0.0.89\"}");
            Assert.Equal(["10.0.0.89", Own], again.Addresses);
        });

    [Fact]
    public void Addresses_of_a_pool_are_chosen_or_given_and_come_back() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            await world.Subnet6Async(network, "fd00::/64", Ipv6World.Stateful);
            var chosen = await world.PortAsync(network, "\"fixed_ips\":[{\"ip_address\":\"FD00:0::0:9\"}]");
            Assert.Equal(["fd00::9"], await world.AddressesAsync(chosen));
            var body = NetworkWorld.PortBody(network, "\"fixed_ips\":[{\"ip_address\":\"fd00::9\"}]");
            Assert.Equal((409, "IpAddressAlreadyAllocated"), (await world.PostAsync("/ports", body)).Fault);
            foreach (var wrong in new[] { "fd00::", "fd01::9", "10.0.0.9" })
            {
                var asked = NetworkWorld.PortBody(network, $"\"fixed_ips\":[{{\"ip_address\":\"{wrong}\"}}]");
                Assert.Equal((400, "InvalidIpForNetwork"), (await world.PostAsync("/ports", asked)).Fault);
            }
            await world.DeleteAsync($"/ports/{chosen}");
            Assert.Equal(201, (await world.PostAsync("/ports", body)).Status);
            Assert.Equal(2, await world.CountAsync("free_ranges")); // before fd00::9 and after it
        });

    [Fact]
    public void A_family_without_an_address_left_gives_none_of_the_other() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            await world.SubnetAsync(network, "10.0.0.0/24");
            await world.Subnet6Async(network, "fd00::/126", Ipv6World.Stateful);
            await world.PortAsync(network); // fd00::3; fd00::2 is the DHCP server's
            var before = await world.CountAsync("ip_allocations");
            var full = await world.PostAsync("/ports", NetworkWorld.PortBody(network));
            Assert.Equal((409, "IpAddressGenerationFailure"), full.Fault);
            Assert.Equal((before, 2), (await world.CountAsync("ip_allocations"), await world.UsedAsync("port")));
        });

    [Fact]
    public void However_many_ask_at_once_nobody_has_anothers_address() =>
        NetworkWorld.Run(async world =>
        {
            var (network, _) = await world.DualAsync(Ipv6World.Stateful);
            await world.Subnet6Async(network, "fd01::/64");
            var made = await Task.WhenAll(
                Enumerable.Range(0, 40).Select(_ => world.PostAsync("/ports", NetworkWorld.PortBody(network)))
            );
            Assert.All(made, m => Assert.Equal((201, 3), (m.Status, m.Addresses.Count)));
            Assert.Equal(120, made.SelectMany(m => m.Addresses).Distinct().Count());
            await Task.WhenAll(made.Select(m => world.DeleteAsync($"/ports/{m.Id("port")}")));
            Assert.Equal(3, await world.CountAsync("ip_allocations")); // the DHCP server's
        });

    [Fact]
    public void Another_mac_makes_another_address() =>
        NetworkWorld.Run(async world =>
        {
            var (network, _) = await world.DualAsync();
            var port = await world.PortAsync(network, Mac);
            var body = """{"port":{"mac_address":"fa:16:3e:00:56:78"}}""";
            var changed = await world.PutAsync($"/ports/{port}", body, "admin");
            Assert.Equal(["10.0.0.3", "fd00::f816:3eff:fe00:5678"], changed.Addresses);
            Assert.Equal(0, await world.CountAsync("ip_allocations", $"ip = '{Own}'"));
        });

    [Fact]
    public void A_subnet_that_comes_later_gives_ports_their_addresses_and_takes_them_along() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            await world.SubnetAsync(network, "10.0.0.0/24");
            var port = await world.PortAsync(network, Mac);
            var guest = await world.RunServerAsync(Ids.Server(1), Ids.Host(1), network);
            await world.Hosts.AnswerAsync();
            await world.SettleAsync();
            var subnet = await world.Subnet6Async(network, "fd00::/64");
            Assert.Equal(["10.0.0.3", Own], await world.AddressesAsync(port));
            Assert.Equal("2", (await world.GetAsync($"/ports/{port}")).Text("port", "revision_number"));
            var told = await ToldAsync(world);
            Assert.Equal(await world.AddressesAsync(guest), told.Ports[0].Addresses.Select(a => a.Address));
            Assert.Equal(
                ("slaac", "slaac"),
                (told.Networks[0].Subnets[1].Ipv6RaMode, told.Networks[0].Subnets[1].Ipv6AddressMode)
            );
            Assert.Equal(204, (await world.DeleteAsync($"/subnets/{subnet}")).Status);
            Assert.Equal(["10.0.0.3"], await world.AddressesAsync(port));
            Assert.Single((await ToldAsync(world)).Ports[0].Addresses);
            Assert.Equal(0, await world.CountAsync("ip_allocations", "ip LIKE 'fd00%'"));
        });

    [Fact]
    public void A_subnet_of_a_pool_stays_while_ports_have_addresses_of_it() =>
        NetworkWorld.Run(async world =>
        {
            var (network, subnet) = await world.DualAsync(Ipv6World.Stateful);
            var port = await world.PortAsync(network);
            Assert.Equal((409, "SubnetInUse"), (await world.DeleteAsync($"/subnets/{subnet}")).Fault);
            await world.DeleteAsync($"/ports/{port}");
            Assert.Equal(204, (await world.DeleteAsync($"/subnets/{subnet}")).Status);
        });

    [Fact]
    public void Members_of_a_group_are_told_by_family() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            await world.SubnetAsync(network, "10.0.0.0/24");
            var group = await world.GroupAsync("g");
            await world.RuleAsync(
                group,
                $"\"direction\":\"ingress\",\"ethertype\":\"IPv6\",\"remote_group_id\":\"{group}\""
            );
            var port = await world.PortAsync(network, $"{Mac},\"security_groups\":[\"{group}\"]");
            await world.BindAsync(Ids.Server(1), Ids.Host(1), Ids.Existing(port));
            await world.ActivateAsync(Ids.Server(1));
            await world.SettleAsync();
            await world.Subnet6Async(network, "fd00::/64");
            var told = await ToldAsync(world);
            Assert.Equal([$"{Own}/128"], Assert.Single(told.Ports[0].Rules, r => r.Remote is not null).Remote!);
        });

    [Fact]
    public void Ports_are_found_by_addresses_however_they_are_spelled() =>
        NetworkWorld.Run(async world =>
        {
            var (network, _) = await world.DualAsync();
            var port = await world.PortAsync(network, Mac);
            foreach (var filter in new[] { "ip_address=FD00:0::f816:3EFF:fe00:1234", "ip_address_substr=3EFF:fe00:12" })
                Assert.Equal([port], (await world.GetAsync($"/ports?fixed_ips={filter}")).All("ports", "id"));
            var seen = await world.GetAsync($"/ports/{port}");
            Assert.Contains("host-fd00--f816-3eff-fe00-1234", seen.Text("port", "dns_assignment"));
            Assert.Equal(404, (await world.GetAsync($"/ports/{port}", "other")).Status);
        });

    [Fact]
    public void Pairs_of_either_family_reach_hosts_in_one_spelling() =>
        NetworkWorld.Run(async world =>
        {
            var (network, _) = await world.DualAsync();
            var pairs = "\"allowed_address_pairs\":[{\"ip_address\":\"FD07::1\"},{\"ip_address\":\"fd08::7/64\"}]";
            var port = await world.PortAsync(network, $"{Mac},{pairs}");
            var bound = await world.BindAsync(Ids.Server(1), Ids.Host(1), Ids.Existing(port));
            Assert.Equal(["fd07::1", "fd08::/64"], bound.Ports[0].AllowedPairs!.Select(p => p.Prefix));
        });

    [Fact]
    public void A_servers_port_has_addresses_of_both_families() =>
        NetworkWorld.Run(async world =>
        {
            var (network, _) = await world.DualAsync(Ipv6World.Stateful);
            var bound = await world.BindAsync(Ids.Server(1), Ids.Host(1), Ids.Nic(network));
            Assert.Equal(["10.0.0.3", "fd00::3"], bound.Ports[0].Addresses.Select(a => a.Address));
            bound = await world.BindAsync(Ids.Server(2), Ids.Host(1), Ids.Nic(network, "fd00::77"));
            Assert.Equal(["fd00::77"], bound.Ports[0].Addresses.Select(a => a.Address));
        });

    private static Task<Seen> ChangeAsync(NetworkWorld world, string port, string addresses) =>
        world.PutAsync($"/ports/{port}", $$$"""{"port":{"fixed_ips":[{{{addresses}}}]}}""");

    /// <summary>The one order that has come to refresh ports, answered.</summary>
    private static async Task<RefreshPorts> ToldAsync(NetworkWorld world)
    {
        await world.SettleAsync();
        var told = Assert.Single(await world.Hosts.ArrivedAsync<RefreshPorts>());
        await world.Hosts.AnswerAsync();
        await world.SettleAsync();
        return told;
    }
}
