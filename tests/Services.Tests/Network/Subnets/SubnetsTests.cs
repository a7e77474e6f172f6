using Pipeline.Testing;

namespace Pipeline.Services.Tests.Network.Subnets;

public sealed class SubnetsTests
{
    private static readonly (string Attributes, int Status, string Type)[] Refused =
    [
        ("\"cidr\":\"10.0.0.128/25\"", 400, "InvalidInput"), // overlaps
        ("\"cidr\":\"10.0.0.0/16\"", 400, "InvalidInput"),
        ("\"cidr\":\"foo\"", 400, "InvalidInput"),
        ("\"cidr\":\"10.1.0.0/33\"", 400, "InvalidInput"),
        ("\"cidr\":\"10.1.0.0/31\"", 400, "InvalidInput"),
        ("\"cidr\":\"127.0.0.0/24\"", 400, "InvalidInput"),
        ("\"cidr\":\"224.0.0.0/24\"", 400, "InvalidInput"),
        ("\"cidr\":\"0.0.0.0/0\"", 400, "InvalidInput"),
        ("\"cidr\":\"fd00::/64\"", 400, "InvalidInput"),
        ("\"cidr\":\"10.1.0.0/24\",\"ip_version\":6", 400, "InvalidInput"),
        ("\"cidr\":\"10.1.0.0/24\",\"gateway_ip\":\"fd00::1\"", 400, "InvalidInput"),
        ("\"cidr\":\"10.1.0.0/24\",\"dns_nameservers\":[\"fd00::1\"]", 400, "InvalidInput"),
        ("\"cidr\":\"10.1.0.0/24\",\"ip_version\":5", 400, "HTTPBadRequest"),
        ("\"cidr\":\"10.1.0.0/24\",\"ipv6_ra_mode\":\"slaac\"", 400, "InvalidInput"),
        ("\"name\":\"no cidr\"", 400, "BadRequest"),
        ("\"cidr\":\"10.1.0.0/24\",\"prefixlen\":24", 400, "BadRequest"),
        ("\"subnetpool_id\":\"3e3178ed-592b-47b9-85c2-000000000000\"", 404, "SubnetPoolNotFound"),
        ("\"cidr\":\"10.1.0.0/24\",\"gateway_ip\":\"10.1.0.0\"", 400, "InvalidInput"),
        ("\"cidr\":\"10.1.0.0/24\",\"gateway_ip\":\"10.1.0.255\"", 400, "InvalidInput"),
        ("\"cidr\":\"10.1.0.0/24\",\"gateway_ip\":\"x\"", 400, "HTTPBadRequest"),
        (Pools("10.1.0.30", "10.1.0.20"), 400, "InvalidAllocationPool"),
        (Pools("10.1.0.3", "10.1.1.20"), 400, "OutOfBoundsAllocationPool"),
        (Pools("10.1.0.0", "10.1.0.20"), 400, "OutOfBoundsAllocationPool"),
        (Pools("10.1.0.1", "10.1.0.20"), 409, "GatewayConflictWithAllocationPools"),
        (Pools("10.1.0.3", "10.1.0.20", "10.1.0.10", "10.1.0.30"), 409, "OverlappingAllocationPools"),
        ("\"cidr\":\"10.1.0.0/24\",\"dns_nameservers\":[\"foo\"]", 400, "HTTPBadRequest"),
        ("\"cidr\":\"10.1.0.0/24\",\"dns_nameservers\":[\"8.8.8.8\",\"8.8.8.8\"]", 400, "HTTPBadRequest"),
        (
            "\"cidr\":\"10.1.0.0/24\",\"dns_nameservers\":[\"1.1.1.1\",\"1.1.1.2\",\"1.1.1.3\",\"1.1.1.4\",\"1.1.1.5\",\"1.1.1.6\"]",
            400,
            "DNSNameServersExhausted"
        ),
        (Route("x", "10.1.0.9"), 400, "HTTPBadRequest"),
        (Route("1.0.0.0/8", "::1"), 400, "InvalidInput"),
        ("\"cidr\":\"10.1.0.0/24\",\"foo\":1", 400, "HTTPBadRequest"),
    ];

    [Fact]
    public void The_answers_have_the_documented_shape() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            const string attributes =
                "\"name\":\"s\",\"dns_nameservers\":[\"9.9.9.9\",\"1.1.1.1\"],"
                + "\"host_routes\":[{\"destination\":\"172.16.0.0/12\",\"nexthop\":\"10.0.0.9\"}]";
            var created = await world.PostAsync(
                "/subnets",
                NetworkWorld.SubnetBody(network, "10.0.0.0/24", attributes)
            );
            Golden.Matches(created.Golden, "network/subnets/create.201.json");
            var id = created.Id("subnet");
            Assert.Equal(created.Body, (await world.GetAsync($"/subnets/{id}")).Body);
            Golden.Matches((await world.GetAsync("/subnets")).Golden, "network/subnets/list.200.json");
            Golden.Matches((await world.GetAsync("/subnets/none")).Golden, "network/subnets/show.404.json");
        });

    [Fact]
    public void A_wrong_subnet_is_refused_by_its_name_and_writes_nothing() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            await world.SubnetAsync(network, "10.0.0.0/24");
            foreach (var (attributes, status, type) in Refused)
            {
                var head = attributes.Contains("ip_version") ? "" : "\"ip_version\":4";
                var body = NetworkWorld.Item("subnet", NetworkWorld.Pair("network_id", network), head, attributes);
                var seen = await world.PostAsync("/subnets", body);
                Assert.Equal((attributes, status, type), (attributes, seen.Fault.Status, seen.Fault.Type));
            }
            Assert.Equal((1, 1), (await world.CountAsync("subnets"), await world.UsedAsync("subnet")));
        });

    [Theory]
    [InlineData("10.0.0.0/24", "", "10.0.0.1", "10.0.0.2-10.0.0.254")]
    [InlineData("10.0.0.9/24", "", "10.0.0.1", "10.0.0.2-10.0.0.254")]
    [InlineData("10.0.0.0/24", "\"gateway_ip\":null", "", "10.0.0.1-10.0.0.254")]
    [InlineData("10.0.0.0/24", "\"gateway_ip\":\"10.0.0.254\"", "10.0.0.254", "10.0.0.1-10.0.0.253")]
    [InlineData("10.0.0.0/24", "\"gateway_ip\":\"10.0.0.9\"", "10.0.0.9", "10.0.0.1-10.0.0.8 10.0.0.10-10.0.0.254")]
    [InlineData("10.0.0.0/24", "\"gateway_ip\":\"192.168.0.1\"", "192.168.0.1", "10.0.0.1-10.0.0.254")]
    [InlineData("10.0.0.0/30", "", "10.0.0.1", "10.0.0.2-10.0.0.2")]
    [InlineData("10.0.0.0/31", "\"enable_dhcp\":false", "10.0.0.1", "10.0.0.0-10.0.0.0")]
    public void Gateway_and_pools_follow_from_the_cidr(string cidr, string attributes, string gateway, string pools) =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var seen = await world.PostAsync("/subnets", NetworkWorld.SubnetBody(network, cidr, attributes));
            var shown = seen
                .Json.GetProperty("subnet")
                .GetProperty("allocation_pools")
                .EnumerateArray()
                .Select(p => $"{p.GetProperty("start")}-{p.GetProperty("end")}");
            Assert.Equal((gateway, pools), (seen.Text("subnet", "gateway_ip"), string.Join(' ', shown)));
        });

    [Fact]
    public void A_dhcp_port_has_an_address_in_every_subnet_with_dhcp() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var first = await world.SubnetAsync(network, "10.0.0.0/24");
            await world.SubnetAsync(network, "10.0.1.0/24");
            await world.SubnetAsync(network, "10.0.2.0/24", "\"enable_dhcp\":false");
            Assert.Equal(["10.0.0.2", "10.0.1.2"], await DhcpAsync(world, network));
            await world.PutAsync($"/subnets/{first}", """{"subnet":{"enable_dhcp":false}}""");
            Assert.Equal(["10.0.1.2"], await DhcpAsync(world, network));
            await world.PutAsync($"/subnets/{first}", """{"subnet":{"enable_dhcp":true}}""");
            Assert.Equal(["10.0.0.3", "10.0.1.2"], await DhcpAsync(world, network));
            Assert.Equal(1, await world.UsedAsync("port"));
        });

    [Fact]
    public void The_last_subnet_takes_the_dhcp_port_along() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var first = await world.SubnetAsync(network, "10.0.0.0/24");
            var second = await world.SubnetAsync(network, "10.0.1.0/24");
            await world.DeleteAsync($"/subnets/{first}");
            Assert.Equal(["10.0.1.2"], await DhcpAsync(world, network));
            await world.DeleteAsync($"/subnets/{second}");
            Assert.Equal((0, 0), (await world.CountAsync("ports"), await world.UsedAsync("port")));
            Assert.Equal("[]", (await world.GetAsync($"/networks/{network}")).Text("network", "availability_zones"));
        });

    [Fact]
    public void A_dhcp_port_that_is_deleted_comes_back() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            await world.SubnetAsync(network, "10.0.0.0/24");
            var port = (await world.GetAsync("/ports?device_owner=network:dhcp")).All("ports", "id")[0];
            Assert.Equal(204, (await world.DeleteAsync($"/ports/{port}")).Status);
            Assert.Equal(["10.0.0.3"], await DhcpAsync(world, network));
        });

    [Fact]
    public void A_subnet_whose_addresses_are_in_use_stays() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var subnet = await world.SubnetAsync(network, "10.0.0.0/24");
            var port = await world.PortAsync(network);
            Assert.Equal((409, "SubnetInUse"), (await world.DeleteAsync($"/subnets/{subnet}")).Fault);
            await world.DeleteAsync($"/ports/{port}");
            Assert.Equal(204, (await world.DeleteAsync($"/subnets/{subnet}")).Status);
            Assert.Equal(0, await world.UsedAsync("subnet"));
        });

    [Fact]
    public void New_pools_are_what_is_given_from_then_on() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var subnet = await world.SubnetAsync(network, "10.0.0.0/24");
            await world.PortAsync(network, "\"fixed_ips\":[{\"ip_address\":\"10.0.0.101\"}]");
            var body = """{"subnet":{"allocation_pools":[{"start":"10.0.0.100","end":"10.0.0.102"}]}}""";
            Assert.Equal(200, (await world.PutAsync($"/subnets/{subnet}", body)).Status);
            Assert.Equal(["10.0.0.100"], (await world.PostAsync("/ports", NetworkWorld.PortBody(network))).Addresses);
            Assert.Equal(["10.0.0.102"], (await world.PostAsync("/ports", NetworkWorld.PortBody(network))).Addresses);
            var full = await world.PostAsync("/ports", NetworkWorld.PortBody(network));
            Assert.Equal((409, "IpAddressGenerationFailure"), full.Fault);
        });

    [Fact]
    public void A_gateway_may_not_lie_in_the_pools() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var subnet = await world.SubnetAsync(network, "10.0.0.0/24");
            var body = """{"subnet":{"gateway_ip":"10.0.0.9"}}""";
            var seen = await world.PutAsync($"/subnets/{subnet}", body);
            Assert.Equal((409, "GatewayConflictWithAllocationPools"), seen.Fault);
            var none = await world.PutAsync($"/subnets/{subnet}", """{"subnet":{"gateway_ip":null}}""");
            Assert.Equal((200, ""), (none.Status, none.Text("subnet", "gateway_ip")));
            var readOnly = await world.PutAsync($"/subnets/{subnet}", """{"subnet":{"cidr":"10.0.0.0/25"}}""");
            Assert.Equal((400, "Cannot update read-only attribute cidr"), (readOnly.Status, readOnly.Message));
        });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Of_two_overlapping_subnets_at_once_one_is_made(int seed) =>
        NetworkWorld.Run(
            async world =>
            {
                var network = await world.NetworkAsync();
                var both = await Task.WhenAll(
                    world.PostAsync("/subnets", NetworkWorld.SubnetBody(network, "10.0.0.0/24")),
                    world.PostAsync("/subnets", NetworkWorld.SubnetBody(network, "10.0.0.0/25"))
                );
                Assert.Equal([201, 400], both.Select(s => s.Status).Order());
            },
            seed
        );

    private static async Task<IReadOnlyList<string>> DhcpAsync(NetworkWorld world, string network)
    {
        var seen = await world.GetAsync($"/ports?network_id={network}&device_owner=network:dhcp");
        var port = Assert.Single(seen.Json.GetProperty("ports").EnumerateArray());
        Assert.Equal($"dhcp-{network}", port.GetProperty("device_id").GetString());
        return
        [
            .. port.GetProperty("fixed_ips")
                .EnumerateArray()
                .Select(a => a.GetProperty("ip_address").GetString()!)
                .Order(StringComparer.Ordinal),
        ];
    }

    private static string Pools(params string[] edges)
    {
        var pools = edges.Chunk(2).Select(e => $"{{\"start\":\"{e[0]}\",\"end\":\"{e[1]}\"}}");
        return $"\"cidr\":\"10.1.0.0/24\",\"allocation_pools\":[{string.Join(',', pools)}]";
    }

    private static string Route(string destination, string hop) =>
        $"\"cidr\":\"10.1.0.0/24\",\"host_routes\":[{{\"destination\":\"{destination}\",\"nexthop\":\"{hop}\"}}]";
}
