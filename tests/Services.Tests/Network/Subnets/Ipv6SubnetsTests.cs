using Pipeline.Testing;

namespace Pipeline.Services.Tests.Network.Subnets;

public sealed class Ipv6SubnetsTests
{
    private static readonly (string Attributes, int Status, string Type)[] Refused =
    [
        ("\"cidr\":\"fd00::/65\",\"enable_dhcp\":false", 400, "InvalidInput"), // overlaps
        ("\"cidr\":\"fd00::/129\"", 400, "InvalidInput"),
        ("\"cidr\":\"fd01::/127\"", 400, "InvalidInput"),
        ("\"cidr\":\"ff02::/64\"", 400, "InvalidInput"),
        ("\"cidr\":\"10.1.0.0/24\"", 400, "InvalidInput"),
        ("\"cidr\":\"fd01::/64\",\"ipv6_ra_mode\":\"magic\"", 400, "HTTPBadRequest"),
        (
            "\"cidr\":\"fd01::/64\",\"ipv6_ra_mode\":\"slaac\",\"ipv6_address_mode\":\"dhcpv6-stateful\"",
            400,
            "InvalidInput"
        ),
        ("\"cidr\":\"fd01::/64\",\"ipv6_ra_mode\":\"slaac\",\"enable_dhcp\":false", 400, "InvalidInput"),
        ("\"cidr\":\"fd01::/63\",\"ipv6_address_mode\":\"slaac\"", 400, "InvalidInput"),
        ("\"cidr\":\"fd01::/80\",\"ipv6_ra_mode\":\"dhcpv6-stateless\"", 400, "InvalidInput"),
        ("\"cidr\":\"fd01::/64\",\"gateway_ip\":\"10.0.0.1\"", 400, "InvalidInput"),
        ("\"cidr\":\"fd01::/64\",\"dns_nameservers\":[\"9.9.9.9\"]", 400, "InvalidInput"),
        ("\"cidr\":\"fd01::/64\",\"dns_nameservers\":[\"fd00::1\",\"FD00:0::1\"]", 400, "HTTPBadRequest"),
        (
            "\"cidr\":\"fd01::/64\",\"host_routes\":[{\"destination\":\"10.0.0.0/8\",\"nexthop\":\"fd01::9\"}]",
            400,
            "InvalidInput"
        ),
        (
            "\"cidr\":\"fd01::/64\",\"host_routes\":[{\"destination\":\"fd09::/64\",\"nexthop\":\"10.0.0.9\"}]",
            400,
            "InvalidInput"
        ),
        (
            "\"cidr\":\"fd01::/64\",\"allocation_pools\":[{\"start\":\"fd01::\",\"end\":\"fd01::9\"}]",
            400,
            "OutOfBoundsAllocationPool"
        ),
        (
            "\"cidr\":\"fd01::/64\",\"allocation_pools\":[{\"start\":\"fd01::1\",\"end\":\"fd01::9\"}]",
            409,
            "GatewayConflictWithAllocationPools"
        ),
        ("\"subnetpool_id\":\"prefix_delegation\"", 400, "BadRequest"),
        ("\"use_default_subnetpool\":true", 400, "BadRequest"),
    ];

    [Fact]
    public void A_network_that_carries_too_little_has_no_IPv6() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync("\"mtu\":1279");
            var body = Ipv6World.Body(network, NetworkWorld.Pair("cidr", "fd00::/64"));
            Assert.Equal((409, "NetworkMTUSubnetConflict"), (await world.PostAsync("/subnets", body)).Fault);
            await world.PutAsync($"/networks/{network}", """{"network":{"mtu":1280}}""");
            Assert.Equal(201, (await world.PostAsync("/subnets", body)).Status);
            var less = await world.PutAsync($"/networks/{network}", """{"network":{"mtu":1279}}""");
            Assert.Equal((409, "NetworkMTUSubnetConflict"), less.Fault);
        });

    [Fact]
    public void The_answers_have_the_documented_shape() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            const string attributes =
                "\"cidr\":\"FD00:0:0:1::77/64\",\"name\":\"s\",\"dns_nameservers\":[\"2001:DB8::0:53\"],"
                + "\"host_routes\":[{\"destination\":\"FD09::/64\",\"nexthop\":\"fd00:0:0:1:0::9\"}],"
                + Ipv6World.Slaac;
            var created = await world.PostAsync("/subnets", Ipv6World.Body(network, attributes));
            Golden.Matches(created.Golden, "network/subnets/create-ipv6.201.json");
            Assert.Equal(created.Body, (await world.GetAsync($"/subnets/{created.Id("subnet")}")).Body);
            Assert.Equal(404, (await world.GetAsync($"/subnets/{created.Id("subnet")}", "other")).Status);
            foreach (var filter in new[] { "ip_version=6", "ipv6_ra_mode=slaac", "cidr=fd00:0:0:1::/64" })
                Assert.Single((await world.GetAsync($"/subnets?{filter}")).All("subnets", "id"));
            Assert.Empty((await world.GetAsync("/subnets?ipv6_address_mode=dhcpv6-stateful")).All("subnets", "id"));
        });

    [Fact]
    public void A_wrong_subnet_is_refused_by_its_name_and_writes_nothing() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            await world.Subnet6Async(network, "fd00::/64");
            foreach (var (attributes, status, type) in Refused)
            {
                var seen = await world.PostAsync("/subnets", Ipv6World.Body(network, attributes));
                Assert.Equal((attributes, status, type), (attributes, seen.Fault.Status, seen.Fault.Type));
            }
            Assert.Equal((1, 1), (await world.CountAsync("subnets"), await world.UsedAsync("subnet")));
        });

    [Theory]
    [InlineData("fd00::/64", "", "fd00::1", "fd00::2-fd00::ffff:ffff:ffff:ffff")]
    [InlineData("fd00::/64", "\"gateway_ip\":null", "", "fd00::1-fd00::ffff:ffff:ffff:ffff")]
    [InlineData("fd00::/64", "\"gateway_ip\":\"fe80::1\"", "fe80::1", "fd00::1-fd00::ffff:ffff:ffff:ffff")]
    [InlineData("fd00::/64", "\"gateway_ip\":\"fd00::\"", "fd00::", "fd00::1-fd00::ffff:ffff:ffff:ffff")]
    [InlineData("fd00::/126", "", "fd00::1", "fd00::2-fd00::3")]
    [InlineData("fd00::/128", "\"enable_dhcp\":false", "fd00::1", "fd00::-fd00::")]
    public void Gateway_and_pools_follow_from_the_cidr(string cidr, string attributes, string gateway, string pools) =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var more = attributes.Length > 0 ? $",{attributes}" : "";
            var seen = await world.PostAsync(
                "/subnets",
                Ipv6World.Body(network, $"{NetworkWorld.Pair("cidr", cidr)}{more}")
            );
            var shown = seen
                .Json.GetProperty("subnet")
                .GetProperty("allocation_pools")
                .EnumerateArray()
                .Select(p => $"{p.GetProperty("start")}-{p.GetProperty("end")}");
            Assert.Equal((gateway, pools), (seen.Text("subnet", "gateway_ip"), string.Join(' ', shown)));
        });

    [Fact]
    public void How_guests_are_addressed_does_not_change() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var path = $"/subnets/{await world.Subnet6Async(network, "fd00::/64")}";
            foreach (var mode in new[] { "ipv6_ra_mode", "ipv6_address_mode" })
            {
                var changed = await world.PutAsync(path, $$$"""{"subnet":{"{{{mode}}}":"dhcpv6-stateful"}}""");
                Assert.Equal(400, changed.Status);
            }
            var off = await world.PutAsync(path, """{"subnet":{"enable_dhcp":false}}""");
            Assert.Equal((400, "InvalidInput"), off.Fault);
            var told = await world.PutAsync(path, """{"subnet":{"dns_nameservers":["FD00::53"]}}""");
            Assert.Equal("""["fd00::53"]""", told.Text("subnet", "dns_nameservers"));
        });

    [Fact]
    public void A_dhcp_server_has_an_address_of_either_family() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            await world.Subnet6Async(network, "fd01::/64", Ipv6World.Stateful);
            Assert.Equal(["fd01::2"], await world.DhcpAsync(network));
            await world.SubnetAsync(network, "10.0.0.0/24");
            var auto = await world.Subnet6Async(network, "fd00::/64");
            var dhcp = await world.DhcpAsync(network);
            Assert.Equal(["10.0.0.2", "fd01::2"], dhcp.Where(a => !a.StartsWith("fd00:")).Order());
            Assert.Contains(dhcp, a => a.StartsWith("fd00::f816:3eff:fe"));
            Assert.Equal(204, (await world.DeleteAsync($"/subnets/{auto}")).Status);
            Assert.Equal(["10.0.0.2", "fd01::2"], (await world.DhcpAsync(network)).Order());
        });

    [Fact]
    public void A_subnet_is_cut_from_a_pool_of_its_family() =>
        NetworkWorld.Run(async world =>
        {
            var body = """
                {"subnetpool":{"name":"six","prefixes":["2001:db8::/48"],"is_default":true,"shared":true,"default_quota":2}}
                """;
            var made = await world.PostAsync("/subnetpools", body, "admin");
            var pool = made.Id("subnetpool");
            Assert.Equal(
                ("6", "64", "64", "128"),
                (
                    made.Text("subnetpool", "ip_version"),
                    made.Text("subnetpool", "default_prefixlen"),
                    made.Text("subnetpool", "min_prefixlen"),
                    made.Text("subnetpool", "max_prefixlen")
                )
            );
            var network = await world.NetworkAsync();
            await world.SubnetAsync(network, "10.0.0.0/24"); // what one family is of does not bind the other
            var cut = await world.PostAsync("/subnets", Ipv6World.Body(network, "\"use_default_subnetpool\":true"));
            Assert.Equal("2001:db8::/64", cut.Text("subnet", "cidr"));
            var named = await world.PostAsync(
                "/subnets",
                Ipv6World.Body(network, $"\"subnetpool_id\":\"{pool}\",{Ipv6World.Slaac}")
            );
            Assert.Equal("2001:db8:0:1::/64", named.Text("subnet", "cidr"));
            var third = await world.PostAsync("/subnets", Ipv6World.Body(network, $"\"subnetpool_id\":\"{pool}\""));
            Assert.Equal(409, third.Status); // two prefixes of 64 bits are its project's share
            Assert.Equal("SubnetPoolQuotaExceeded", third.Fault.Type);
            var other = NetworkWorld.Item(
                "subnet",
                NetworkWorld.Pair("network_id", network),
                "\"ip_version\":4",
                $"\"subnetpool_id\":\"{pool}\""
            );
            Assert.Equal((400, "BadRequest"), (await world.PostAsync("/subnets", other)).Fault);
        });

    [Fact]
    public void A_scope_is_of_one_family_and_networks_show_both() =>
        NetworkWorld.Run(async world =>
        {
            var scope = await world.PostAsync("/address-scopes", """{"address_scope":{"name":"s","ip_version":6}}""");
            var id = scope.Id("address_scope");
            string Pool(string prefix) =>
                $$$"""{"subnetpool":{"name":"p","prefixes":["{{{prefix}}}"],"address_scope_id":"{{{id}}}"}}""";
            var wrong = await world.PostAsync("/subnetpools", Pool("10.0.0.0/8"));
            Assert.Equal((400, "IllegalSubnetPoolIpVersionAssociationToAddressScope"), wrong.Fault);
            var pool = (await world.PostAsync("/subnetpools", Pool("2001:db8::/48"))).Id("subnetpool");
            var network = await world.NetworkAsync();
            await world.PostAsync("/subnets", Ipv6World.Body(network, $"\"subnetpool_id\":\"{pool}\""));
            var seen = await world.GetAsync($"/networks/{network}");
            Assert.Equal(
                ("", id),
                (seen.Text("network", "ipv4_address_scope"), seen.Text("network", "ipv6_address_scope"))
            );
        });

    [Fact]
    public void More_addresses_are_counted_than_fit_a_machine_word() =>
        NetworkWorld.Run(async world =>
        {
            var (network, _) = await world.DualAsync(Ipv6World.Stateful);
            await world.PortAsync(network);
            var seen = await world.GetAsync($"/network-ip-availabilities/{network}", "admin");
            // 253 of 10.0.0.0/24 and 2^64 - 2 of fd00::/64
            Assert.Equal("18446744073709551867", seen.Text("network_ip_availability", "total_ips"));
            Assert.Equal("4", seen.Text("network_ip_availability", "used_ips"));
            var six = await world.GetAsync("/network-ip-availabilities?ip_version=6", "admin");
            Assert.Equal([network], six.All("network_ip_availabilities", "network_id"));
        });
}
