using Pipeline.Testing;

namespace Pipeline.Services.Tests.Network.Ports;

public sealed class PortsTests
{
    [Fact]
    public void The_answers_have_the_documented_shape() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            await world.SubnetAsync(network, "10.0.0.0/24");
            var attributes = "\"name\":\"p\",\"tags\":[\"a\"],\"mac_address\":\"FA-16-3E-00-00-01\"";
            var created = await world.PostAsync("/ports", NetworkWorld.PortBody(network, attributes));
            Golden.Matches(created.Golden, "network/ports/create.201.json");
            var id = created.Id("port");
            Golden.Matches((await world.GetAsync($"/ports/{id}", "admin")).Golden, "network/ports/show-admin.200.json");
            Golden.Matches((await world.GetAsync("/ports?name=p")).Golden, "network/ports/list.200.json");
            Golden.Matches((await world.GetAsync("/ports/none")).Golden, "network/ports/show.404.json");
        });

    [Fact]
    public void Addresses_are_given_in_turn_and_reused_when_the_pool_is_through() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            await world.SubnetAsync(network, "10.0.0.0/29");
            var ports = new List<string>();
            foreach (var address in new[] { "10.0.0.3", "10.0.0.4", "10.0.0.5" })
            {
                var seen = await world.PostAsync("/ports", NetworkWorld.PortBody(network));
                Assert.Equal([address], seen.Addresses);
                ports.Add(seen.Id("port"));
            }
            await world.DeleteAsync($"/ports/{ports[0]}");
            Assert.Equal(["10.0.0.6"], (await world.PostAsync("/ports", NetworkWorld.PortBody(network))).Addresses);
            Assert.Equal(["10.0.0.3"], (await world.PostAsync("/ports", NetworkWorld.PortBody(network))).Addresses);
            var full = await world.PostAsync("/ports", NetworkWorld.PortBody(network));
            Assert.Equal((409, "IpAddressGenerationFailure"), full.Fault);
            Assert.Equal($"No more IP addresses available on network {network}.", full.Message);
            Assert.Equal(5, await world.UsedAsync("port"));
        });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void The_last_address_is_given_once(int seed) =>
        NetworkWorld.Run(
            async world =>
            {
                var network = await world.NetworkAsync();
                await world.SubnetAsync(network, "10.0.0.0/29", "\"enable_dhcp\":false");
                var all = await Task.WhenAll(
                    Enumerable.Range(0, 8).Select(_ => world.PostAsync("/ports", NetworkWorld.PortBody(network)))
                );
                Assert.Equal(5, all.Count(s => s.Status == 201));
                Assert.Equal(5, all.Where(s => s.Status == 201).SelectMany(s => s.Addresses).Distinct().Count());
                Assert.All(
                    all.Where(s => s.Status != 201),
                    s => Assert.Equal((409, "IpAddressGenerationFailure"), s.Fault)
                );
                Assert.Equal((5, 5), (await world.CountAsync("ports"), await world.UsedAsync("port")));
            },
            seed
        );

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_last_of_the_quota_is_given_once(int seed) =>
        NetworkWorld.Run(
            async world =>
            {
                var network = await world.NetworkAsync();
                await world.PutAsync($"/quotas/{NetworkWorld.Project}", """{"quota":{"port":3}}""", "admin");
                var all = await Task.WhenAll(
                    Enumerable.Range(0, 6).Select(_ => world.PostAsync("/ports", NetworkWorld.PortBody(network)))
                );
                Assert.Equal(3, all.Count(s => s.Status == 201));
                Assert.All(all.Where(s => s.Status != 201), s => Assert.Equal((409, "OverQuota"), s.Fault));
                Assert.Equal((3, 3), (await world.CountAsync("ports"), await world.UsedAsync("port")));
            },
            seed
        );

    [Fact]
    public void A_port_gets_the_addresses_it_asks_for() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var first = await world.SubnetAsync(network, "10.0.0.0/24");
            var second = await world.SubnetAsync(network, "10.0.1.0/24");
            (string FixedIps, string Addresses)[] cases =
            [
                ($"{{\"subnet_id\":\"{second}\"}}", "10.0.1.3"),
                ("{\"ip_address\":\"10.0.1.77\"}", "10.0.1.77"),
                ($"{{\"subnet_id\":\"{first}\",\"ip_address\":\"10.0.0.9\"}}", "10.0.0.9"),
                ("{\"ip_address\":\"10.0.0.1\"}", "10.0.0.1"), // beside the pools, as the gateway's own port will be
                (
                    $"{{\"subnet_id\":\"{second}\"}},{{\"subnet_id\":\"{second}\"}},{{\"ip_address\":\"10.0.1.4\"}}",
                    "10.0.1.5 10.0.1.6 10.0.1.4"
                ),
                ("", ""),
            ];
            foreach (var (asked, addresses) in cases)
            {
                var seen = await world.PostAsync("/ports", NetworkWorld.PortBody(network, $"\"fixed_ips\":[{asked}]"));
                Assert.Equal((asked, addresses), (asked, string.Join(' ', seen.Addresses)));
            }
        });

    [Fact]
    public void A_wrong_port_is_refused_by_its_name_and_writes_nothing() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            await world.SubnetAsync(network, "10.0.0.0/24");
            var elsewhere = await world.SubnetAsync(await world.NetworkAsync(), "10.0.0.0/24");
            var taken = await world.PortAsync(
                network,
                "\"mac_address\":\"fa:16:3e:00:00:01\",\"fixed_ips\":[{\"ip_address\":\"10.0.0.50\"}]"
            );
            const string none = "3e3178ed-592b-47b9-85c2-000000000000";
            (string Attributes, int Status, string Type)[] cases =
            [
                ("\"fixed_ips\":[{\"ip_address\":\"10.0.0.50\"}]", 409, "IpAddressAlreadyAllocated"),
                ("\"fixed_ips\":[{\"ip_address\":\"10.9.0.1\"}]", 400, "InvalidIpForNetwork"),
                ("\"fixed_ips\":[{\"ip_address\":\"10.0.0.0\"}]", 400, "InvalidIpForNetwork"),
                ("\"fixed_ips\":[{\"ip_address\":\"10.0.0.255\"}]", 400, "InvalidIpForNetwork"),
                ($"\"fixed_ips\":[{{\"subnet_id\":\"{elsewhere}\"}}]", 400, "InvalidInput"),
                ($"\"fixed_ips\":[{{\"subnet_id\":\"{none}\"}}]", 404, "SubnetNotFound"),
                ("\"fixed_ips\":[{}]", 400, "InvalidInput"),
                ("\"fixed_ips\":[{\"ip_address\":\"x\"}]", 400, "HTTPBadRequest"),
                ("\"fixed_ips\":[{\"ip_address\":\"10.0.0.9\"},{\"ip_address\":\"10.0.0.9\"}]", 400, "HTTPBadRequest"),
                ("\"fixed_ips\":null", 400, "HTTPBadRequest"),
                ("\"mac_address\":\"fa:16:3e:00:00:01\"", 409, "MacAddressInUse"),
                ("\"mac_address\":\"foo\"", 400, "HTTPBadRequest"),
                ("\"mac_address\":\"00:00:00:00:00:00\"", 400, "HTTPBadRequest"),
                ("\"mac_address\":\"01:00:00:00:00:01\"", 400, "HTTPBadRequest"),
                ($"\"security_groups\":[\"{none}\"]", 404, "SecurityGroupNotFound"),
                ("\"security_groups\":[\"foo\"]", 400, "HTTPBadRequest"),
                ("\"binding:host_id\":\"h\"", 403, "PolicyNotAuthorized"),
                ("\"binding:profile\":{\"a\":1}", 403, "PolicyNotAuthorized"),
                ("\"binding:vnic_type\":\"other\"", 400, "HTTPBadRequest"),
                ("\"status\":\"ACTIVE\"", 400, "HTTPBadRequest"),
            ];
            var before = await world.CountAsync("ip_allocations");
            foreach (var (attributes, status, type) in cases)
            {
                var seen = await world.PostAsync("/ports", NetworkWorld.PortBody(network, attributes));
                Assert.Equal((attributes, status, type), (attributes, seen.Fault.Status, seen.Fault.Type));
            }
            var missing = await world.PostAsync("/ports", NetworkWorld.PortBody(none));
            Assert.Equal((404, "NetworkNotFound"), missing.Fault);
            Assert.Equal(before, await world.CountAsync("ip_allocations"));
            Assert.Equal(1 + 2, await world.UsedAsync("port"));
            Assert.Equal(200, (await world.GetAsync($"/ports/{taken}")).Status);
        });

    [Fact]
    public void An_update_keeps_the_addresses_it_still_asks_for() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var subnet = await world.SubnetAsync(network, "10.0.0.0/24");
            var id = await world.PortAsync(network);
            (string FixedIps, string Addresses)[] cases =
            [
                ($"{{\"subnet_id\":\"{subnet}\"}},{{\"ip_address\":\"10.0.0.200\"}}", "10.0.0.3 10.0.0.200"),
                ("{\"ip_address\":\"10.0.0.200\"}", "10.0.0.200"),
                ($"{{\"subnet_id\":\"{subnet}\"}}", "10.0.0.200"),
                ($"{{\"subnet_id\":\"{subnet}\"}},{{\"subnet_id\":\"{subnet}\"}}", "10.0.0.200 10.0.0.4"),
                ("", ""),
            ];
            foreach (var (asked, addresses) in cases)
            {
                var seen = await world.PutAsync($"/ports/{id}", $"{{\"port\":{{\"fixed_ips\":[{asked}]}}}}");
                Assert.Equal((asked, addresses), (asked, string.Join(' ', seen.Addresses)));
            }
            Assert.Equal(1, await world.CountAsync("free_ranges", "first_address <> last_address"));
        });

    [Fact]
    public void Filtering_is_switched_by_port_and_network() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var group = await world.GroupAsync("g");
            var seen = await world.PostAsync(
                "/ports",
                NetworkWorld.PortBody(network, "\"port_security_enabled\":false")
            );
            Assert.Equal("[]", seen.Text("port", "security_groups"));
            var both = $"\"port_security_enabled\":false,\"security_groups\":[\"{group}\"]";
            var refused = await world.PostAsync("/ports", NetworkWorld.PortBody(network, both));
            Assert.Equal((400, "PortSecurityAndIPRequiredForSecurityGroups"), refused.Fault);
            var id = await world.PortAsync(network, $"\"security_groups\":[\"{group}\"]");
            var off = await world.PutAsync($"/ports/{id}", """{"port":{"port_security_enabled":false}}""");
            Assert.Equal((409, "PortSecurityPortHasSecurityGroup"), off.Fault);
            const string body = """{"port":{"port_security_enabled":false,"security_groups":[]}}""";
            Assert.Equal("False", (await world.PutAsync($"/ports/{id}", body)).Text("port", "port_security_enabled"));
            await world.PutAsync($"/networks/{network}", """{"network":{"port_security_enabled":false}}""");
            var plain = await world.PostAsync("/ports", NetworkWorld.PortBody(network));
            Assert.Equal("False", plain.Text("port", "port_security_enabled"));
        });

    [Fact]
    public void A_guest_on_a_shared_network_does_not_choose_mac_address_or_filtering() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync("\"shared\":true", "admin");
            var subnet = await world.SubnetAsync(network, "10.0.0.0/24");
            string[] refused =
            [
                "\"mac_address\":\"fa:16:3e:00:00:01\"",
                "\"fixed_ips\":[{\"ip_address\":\"10.0.0.9\"}]",
                "\"port_security_enabled\":false",
                "\"device_owner\":\"network:router_interface\"",
            ];
            foreach (var attributes in refused)
            {
                var seen = await world.PostAsync("/ports", NetworkWorld.PortBody(network, attributes), "other");
                Assert.Equal((attributes, 403), (attributes, seen.Status));
            }
            var id = await world.PortAsync(network, $"\"fixed_ips\":[{{\"subnet_id\":\"{subnet}\"}}]", "other");
            Assert.Equal(200, (await world.GetAsync($"/ports/{id}")).Status); // the network's owner sees it
            var rename = await world.PutAsync($"/ports/{id}", """{"port":{"name":"x"}}""");
            Assert.Equal((403, "PolicyNotAuthorized"), rename.Fault);
            Assert.Equal(204, (await world.DeleteAsync($"/ports/{id}")).Status);
            Assert.Equal(0, await world.UsedAsync("port", NetworkWorld.Other));
        });

    [Fact]
    public void Ports_are_found_by_what_stands_beside_their_row() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var subnet = await world.SubnetAsync(network, "10.0.0.0/24");
            var group = await world.GroupAsync("g");
            const string address = "\"fixed_ips\":[{\"ip_address\":\"10.0.0.77\"}]";
            await world.PortAsync(
                network,
                $"\"name\":\"a\",\"mac_address\":\"fa:16:3e:00:00:01\",\"security_groups\":[\"{group}\"],{address}"
            );
            await world.PortAsync(network, "\"name\":\"b\",\"device_id\":\"d\",\"device_owner\":\"compute:x\"");
            (string Query, string Names)[] cases =
            [
                ("fixed_ips=ip_address=10.0.0.77", "a"),
                ($"fixed_ips=subnet_id={subnet}", ",a,b"),
                ($"fixed_ips=subnet_id={subnet}&fixed_ips=ip_address=10.0.0.77", "a"),
                ("fixed_ips=ip_address=10.0.0.77&fixed_ips=ip_address=10.0.0.3", "a,b"),
                ("fixed_ips=ip_address_substr=.7", "a"),
                ("fixed_ips=ip_address_substr=%25", ""),
                ("mac_address=FA:16:3E:00:00:01", "a"),
                ($"security_groups={group}", "a"),
                ("device_id=d", "b"),
                ("device_owner=compute:x&device_owner=network:dhcp", ",b"),
                ("admin_state_up=false", ""),
                ("status=ACTIVE", ""),
            ];
            foreach (var (query, names) in cases)
            {
                var seen = await world.GetAsync($"/ports?{query}");
                var shown = string.Join(',', seen.All("ports", "name").Order(StringComparer.Ordinal));
                Assert.Equal((query, names), (query, shown));
            }
            Assert.Equal((400, "InvalidInput"), (await world.GetAsync("/ports?fixed_ips=foo")).Fault);
        });

    [Fact]
    public void Where_a_port_is_and_what_its_place_is_like_is_an_operators_to_say() =>
        NetworkWorld.Run(async world =>
        {
            var id = await world.PortAsync(await world.NetworkAsync());
            const string said = """{"port":{"binding:profile":{"slot":"0000:03:10.1"},"binding:host_id":"metal-9"}}""";
            Assert.Equal(403, (await world.PutAsync($"/ports/{id}", said)).Status);
            Assert.Equal(200, (await world.PutAsync($"/ports/{id}", said, "admin")).Status);
            var shown = (await world.GetAsync($"/ports/{id}", "admin")).Json.GetProperty("port");
            Assert.Equal("""{"slot":"0000:03:10.1"}""", shown.GetProperty("binding:profile").GetRawText());
            Assert.Equal("metal-9", shown.GetProperty("binding:host_id").GetString());
            Assert.DoesNotContain(
                "binding:",
                (await world.GetAsync($"/ports/{id}")).Body.Replace("binding:vnic_type", "")
            );
            foreach (var wrong in (string[])["[]", "\"x\"", $$"""{"a":"{{new string('x', 4096)}}"}"""])
            {
                var body = $$$"""{"port":{"binding:profile":{{{wrong}}}}}""";
                Assert.Equal(400, (await world.PutAsync($"/ports/{id}", body, "admin")).Status);
            }
            await world.PutAsync($"/ports/{id}", """{"port":{"binding:host_id":null}}""", "admin");
            shown = (await world.GetAsync($"/ports/{id}", "admin")).Json.GetProperty("port");
            Assert.Equal("", shown.GetProperty("binding:host_id").GetString());
        });

    [Fact]
    public void A_mac_is_an_admins_to_change() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var id = await world.PortAsync(network);
            await world.PortAsync(network, "\"mac_address\":\"fa:16:3e:00:00:01\"");
            const string body = """{"port":{"mac_address":"fa:16:3e:00:00:02"}}""";
            Assert.Equal((403, "PolicyNotAuthorized"), (await world.PutAsync($"/ports/{id}", body)).Fault);
            Assert.Equal(200, (await world.PutAsync($"/ports/{id}", body, "admin")).Status);
            var taken = await world.PutAsync(
                $"/ports/{id}",
                """{"port":{"mac_address":"fa:16:3e:00:00:01"}}""",
                "admin"
            );
            Assert.Equal((409, "MacAddressInUse"), taken.Fault);
        });

    [Fact]
    public void However_large_a_subnet_what_is_free_of_it_is_one_row() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            await world.SubnetAsync(network, "10.0.0.0/8");
            for (var i = 0; i < 3; i++)
                await world.PortAsync(network);
            Assert.Equal(1, await world.CountAsync("free_ranges"));
        });

    [Fact]
    public void Four_thousand_at_once_on_one_network_have_an_address_each() =>
        NetworkWorld.Run(async world =>
        {
            const int count = 4_000;
            await world.PutAsync($"/quotas/{NetworkWorld.Project}", """{"quota":{"port":-1}}""", "admin");
            var network = await world.NetworkAsync();
            await world.SubnetAsync(network, "10.0.0.0/19");
            var body = NetworkWorld.PortBody(network);
            var made = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => world.PostAsync("/ports", body)));
            Assert.All(made, m => Assert.Equal(201, m.Status));
            Assert.Equal(count, await world.CountAsync("ports", "device_owner = ''"));
            Assert.Equal(
                count,
                await world.CountAsync("ip_allocations a JOIN ports p ON p.id = a.port_id", "p.device_owner = ''")
            );
            Assert.Equal(count + 1, await world.UsedAsync("port")); // and the network's DHCP server
        });
}
