using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Network;

namespace Pipeline.Services.Tests.Network.Ports;

public sealed class PortExtrasTests
{
    private const string Extras = """
        "allowed_address_pairs":[{"ip_address":"10.0.0.100"},{"ip_address":"10.0.0.16/28","mac_address":"00-00-5E-00-01-01"}],
        "extra_dhcp_opts":[{"opt_name":"bootfile-name","opt_value":"pxe.0"},{"opt_name":"150","opt_value":"192.0.2.9","ip_version":4}],
        "dns_name":"Web"
        """;

    [Fact]
    public void What_a_port_has_besides_is_shown_and_changed() =>
        NetworkWorld.Run(async world =>
        {
            var network = await FilledAsync(world);
            var port = await world.PostAsync(
                "/ports",
                NetworkWorld.PortBody(network, $"{Extras},\"mac_address\":\"fa:16:3e:00:00:09\"")
            );
            Assert.Equal(
                """[{"mac_address":"fa:16:3e:00:00:09","ip_address":"10.0.0.100"},{"mac_address":"00:00:5e:00:01:01","ip_address":"10.0.0.16/28"}]""",
                port.Text("port", "allowed_address_pairs")
            );
            Assert.Equal(
                """[{"opt_name":"150","opt_value":"192.0.2.9","ip_version":4},{"opt_name":"bootfile-name","opt_value":"pxe.0","ip_version":4}]""",
                port.Text("port", "extra_dhcp_opts")
            );
            Assert.Equal(
                """[{"ip_address":"10.0.0.3","hostname":"web","fqdn":"web.openstacklocal."}]""",
                port.Text("port", "dns_assignment")
            );
            var path = $"/ports/{port.Id("port")}";
            var kept = await world.PutAsync(path, """{"port":{"name":"x"}}""");
            foreach (var name in new[] { "allowed_address_pairs", "extra_dhcp_opts", "dns_name" })
                Assert.Equal(port.Text("port", name), kept.Text("port", name));
            var changed = await world.PutAsync(
                path,
                """{"port":{"allowed_address_pairs":[],"dns_name":"","extra_dhcp_opts":[{"opt_name":"150","opt_value":null},{"opt_name":"bootfile-name","opt_value":"b"}]}}"""
            );
            Assert.Equal(
                ("[]", "", """[{"opt_name":"bootfile-name","opt_value":"b","ip_version":4}]"""),
                (
                    changed.Text("port", "allowed_address_pairs"),
                    changed.Text("port", "dns_name"),
                    changed.Text("port", "extra_dhcp_opts")
                )
            );
        });

    [Fact]
    public void Options_of_both_versions_stand_beside_each_other_and_reach_the_host() =>
        NetworkWorld.Run(async world =>
        {
            var network = await FilledAsync(world);
            var port = await world.RunServerAsync(Ids.Server(1), Ids.Host(1), network);
            const string Both = """
                "extra_dhcp_opts":[{"opt_name":"ntp-server","opt_value":"2001:db8::1","ip_version":6},
                {"opt_name":"ntp-server","opt_value":"192.0.2.9"},{"opt_name":"300","opt_value":"x","ip_version":"6"}]
                """;
            var set = await world.PutAsync($"/ports/{port}", NetworkWorld.Item("port", Both));
            Assert.Equal((200, ""), (set.Status, set.Status == 200 ? "" : set.Body));
            Assert.Equal(
                """[{"opt_name":"300","opt_value":"x","ip_version":6},{"opt_name":"ntp-server","opt_value":"192.0.2.9","ip_version":4},{"opt_name":"ntp-server","opt_value":"2001:db8::1","ip_version":6}]""",
                set.Text("port", "extra_dhcp_opts")
            );
            HostDhcpOption[] expected =
            [
                new("300", "x") { Version = 6 },
                new("ntp-server", "192.0.2.9"),
                new("ntp-server", "2001:db8::1") { Version = 6 },
            ];
            Assert.Equal(expected, (await ToldAsync(world)).DhcpOptions!);
            var fewer = await world.PutAsync(
                $"/ports/{port}",
                """{"port":{"extra_dhcp_opts":[{"opt_name":"ntp-server","opt_value":null,"ip_version":6},{"opt_name":"150","opt_value":null}]}}"""
            );
            Assert.Equal(
                """[{"opt_name":"300","opt_value":"x","ip_version":6},{"opt_name":"ntp-server","opt_value":"192.0.2.9","ip_version":4}]""",
                fewer.Text("port", "extra_dhcp_opts")
            );
        });

    private static readonly (string Attributes, int Status, string Type)[] Wrong =
    [
        ("\"allowed_address_pairs\":[{}]", 400, "AllowedAddressPairsMissingIP"),
        ("\"allowed_address_pairs\":[{\"ip_address\":\"x\"}]", 400, "HTTPBadRequest"),
        ("\"allowed_address_pairs\":[{\"ip_address\":\"2001:db8::1/129\"}]", 400, "HTTPBadRequest"),
        ("\"allowed_address_pairs\":[{\"ip_address\":\"10.0.0.9\",\"mac_address\":\"x\"}]", 400, "HTTPBadRequest"),
        ("\"allowed_address_pairs\":[{\"ip_address\":\"10.0.0.9\",\"x\":1}]", 400, "HTTPBadRequest"),
        (
            "\"allowed_address_pairs\":[{\"ip_address\":\"10.0.0.9\"},{\"ip_address\":\"10.0.0.9\"}]",
            400,
            "DuplicateAddressPairInRequest"
        ),
        (
            "\"port_security_enabled\":false,\"allowed_address_pairs\":[{\"ip_address\":\"10.0.0.9\"}]",
            409,
            "AddressPairAndPortSecurityRequired"
        ),
        ("\"extra_dhcp_opts\":[{\"opt_name\":\"nothing\",\"opt_value\":\"x\"}]", 400, "InvalidInput"),
        ("\"extra_dhcp_opts\":[{\"opt_name\":\"router\"}]", 400, "HTTPBadRequest"),
        ("\"extra_dhcp_opts\":[{\"opt_name\":\"150\",\"opt_value\":\"a\\nb\"}]", 400, "HTTPBadRequest"),
        ("\"extra_dhcp_opts\":[{\"opt_name\":\"router\",\"opt_value\":\"a\",\"ip_version\":6}]", 400, "InvalidInput"),
        ("\"extra_dhcp_opts\":[{\"opt_name\":\"150\",\"opt_value\":\"a\",\"ip_version\":5}]", 400, "HTTPBadRequest"),
        ("\"dns_name\":\"-web\"", 400, "HTTPBadRequest"),
        ("\"dns_name\":\"a.b\"", 400, "HTTPBadRequest"),
    ];

    [Fact]
    public void What_cannot_be_is_refused_and_nothing_written() =>
        NetworkWorld.Run(async world =>
        {
            var network = await FilledAsync(world);
            foreach (var (attributes, status, type) in Wrong)
            {
                var seen = await world.PostAsync("/ports", NetworkWorld.PortBody(network, attributes));
                Assert.Equal((attributes, status, type), (attributes, seen.Fault.Status, seen.Fault.Type));
            }
            Assert.Equal(1, await world.CountAsync("ports")); // the DHCP server's
        });

    [Fact]
    public void Pairs_on_anothers_network_are_its_owners_to_give() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync("\"shared\":true", "admin");
            var pair = NetworkWorld.PortBody(network, "\"allowed_address_pairs\":[{\"ip_address\":\"10.0.0.9\"}]");
            Assert.Equal((403, "PolicyNotAuthorized"), (await world.PostAsync("/ports", pair, "other")).Fault);
            var none = NetworkWorld.PortBody(network, "\"allowed_address_pairs\":[]");
            Assert.Equal(201, (await world.PostAsync("/ports", none, "other")).Status);
        });

    [Fact]
    public void Hosts_are_told_of_it_at_once_and_pairs_count_as_members() =>
        NetworkWorld.Run(async world =>
        {
            var network = await FilledAsync(world);
            var port = await world.RunServerAsync(Ids.Server(1), Ids.Host(1), network);
            await world.PutAsync($"/ports/{port}", NetworkWorld.Item("port", Extras));
            var told = await ToldAsync(world);
            Assert.Equal("web", told.HostName);
            Assert.Equal([told.Mac, "00:00:5e:00:01:01"], told.AllowedPairs!.Select(p => p.Mac));
            Assert.Equal([new HostDhcpOption("150", "192.0.2.9"), new("bootfile-name", "pxe.0")], told.DhcpOptions!);
            var members = told.Rules.Single(r => r is { Direction: RuleDirection.Ingress, EtherType: 4 }).Remote!;
            Assert.Equal(["10.0.0.3/32", "10.0.0.100", "10.0.0.16/28"], members);
            await world.PutAsync(
                $"/ports/{port}",
                """{"port":{"allowed_address_pairs":[],"extra_dhcp_opts":[{"opt_name":"150","opt_value":null}]}}"""
            );
            told = await ToldAsync(world);
            Assert.Null(told.AllowedPairs);
            Assert.Single(told.DhcpOptions!);
        });

    private static async Task<HostPort> ToldAsync(NetworkWorld world)
    {
        await world.SettleAsync();
        var orders = await world.Hosts.ArrivedAsync<RefreshPorts>();
        await world.Hosts.AnswerAsync();
        await world.SettleAsync();
        while (await world.Hosts.ArrivedAsync<RefreshPorts>() is { Count: > 0 } further)
        {
            orders = further;
            await world.Hosts.AnswerAsync();
            await world.SettleAsync();
        }
        return orders[^1].Ports[0];
    }

    private static async Task<string> FilledAsync(NetworkWorld world)
    {
        var network = await world.NetworkAsync();
        await world.SubnetAsync(network, "10.0.0.0/24");
        return network;
    }
}
