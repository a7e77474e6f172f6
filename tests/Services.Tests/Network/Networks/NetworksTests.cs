using Pipeline.Testing;

namespace Pipeline.Services.Tests.Network.Networks;

public sealed class NetworksTests
{
    [Fact]
    public void The_answers_have_the_documented_shape() =>
        NetworkWorld.Run(async world =>
        {
            var created = await world.PostAsync(
                "/networks",
                """{"network":{"name":"net1","description":"d","admin_state_up":true,"availability_zone_hints":["nova"]}}"""
            );
            Golden.Matches(created.Golden, "network/networks/create.201.json");
            var id = created.Id("network");
            await world.SubnetAsync(id, "10.0.0.0/24");
            Golden.Matches((await world.GetAsync($"/networks/{id}")).Golden, "network/networks/show.200.json");
            Golden.Matches(
                (await world.GetAsync($"/networks/{id}", "admin")).Golden,
                "network/networks/show-admin.200.json"
            );
            Golden.Matches((await world.GetAsync("/networks?limit=1")).Golden, "network/networks/list.200.json");
            Golden.Matches((await world.GetAsync("/networks/none")).Golden, "network/networks/show.404.json");
        });

    [Fact]
    public void An_update_changes_what_it_names() =>
        NetworkWorld.Run(async world =>
        {
            var id = await world.NetworkAsync();
            var seen = await world.PutAsync(
                $"/networks/{id}",
                """{"network":{"name":"other","admin_state_up":false,"mtu":1450,"port_security_enabled":false}}"""
            );
            Assert.Equal(200, seen.Status);
            Assert.Equal(
                ("other", "False", "1450", "2"),
                (
                    seen.Text("network", "name"),
                    seen.Text("network", "admin_state_up"),
                    seen.Text("network", "mtu"),
                    seen.Text("network", "revision_number")
                )
            );
            var same = await world.PutAsync($"/networks/{id}", """{"network":{"name":"other"}}""");
            Assert.Equal("2", same.Text("network", "revision_number"));
        });

    private static readonly (string Body, int Status)[] Wrong =
    [
        ("""{"network":{"name":5}}""", 400),
        ("""{"network":{"foo":1}}""", 400),
        ("""{"network":{"id":"x"}}""", 400),
        ("""{"network":{"status":"DOWN"}}""", 400),
        ("""{"network":{"admin_state_up":"maybe"}}""", 400),
        ("""{"network":{"mtu":9000}}""", 400),
        ("""{"network":{"mtu":575}}""", 400),
        ("""{"network":{"tenant_id":"22222222222222222222222222222222"}}""", 400),
        ("""{"network":{"availability_zone_hints":["elsewhere"]}}""", 404),
        ("""{"network":{"shared":true}}""", 403),
        ("""{"network":{"router:external":true}}""", 403),
        ("""{"network":{"provider:network_type":"local"}}""", 403),
        ("""{"networks":[]}""", 400),
        ("""{"networks":[{"name":"a"},{"name":3}]}""", 400),
        ("{}", 400),
        ("[]", 400),
        ("{", 400),
    ];

    [Fact]
    public void A_wrong_request_is_refused_and_writes_nothing() =>
        NetworkWorld.Run(async world =>
        {
            foreach (var (body, status) in Wrong)
                Assert.Equal((body, status), (body, (await world.PostAsync("/networks", body)).Status));
            Assert.Equal((0, 0), (await world.CountAsync("networks"), await world.UsedAsync("network")));
            Assert.Equal(0, await world.CountAsync("audit"));
        });

    private static readonly string[] Segments =
    [
        """{"provider:network_type":"gre"}""",
        """{"provider:network_type":"vxlan","provider:physical_network":"p"}""",
        """{"provider:network_type":"vxlan","provider:segmentation_id":16777216}""",
        """{"provider:network_type":"geneve","provider:segmentation_id":0}""",
        """{"provider:network_type":"flat"}""",
        """{"provider:network_type":"flat","provider:physical_network":"p","provider:segmentation_id":5}""",
        """{"provider:network_type":"vlan","provider:segmentation_id":5}""",
        """{"provider:network_type":"vlan","provider:physical_network":"p"}""",
        """{"provider:network_type":"local","provider:segmentation_id":5}""",
        """{"provider:network_type":"local","provider:physical_network":"p"}""",
        """{"provider:segmentation_id":5}""",
    ];

    [Fact]
    public void A_segment_this_cloud_does_not_have_is_refused() =>
        NetworkWorld.Run(async world =>
        {
            foreach (var provider in Segments)
            {
                var seen = await world.PostAsync("/networks", $"{{\"network\":{provider}}}", "admin");
                Assert.Equal((400, "InvalidInput"), seen.Fault);
            }
        });

    [Fact]
    public void Clients_may_spell_out_what_they_get_anyway() =>
        NetworkWorld.Run(async world =>
        {
            var body = """{"network":{"shared":false,"router:external":false,"admin_state_up":"true","mtu":0}}""";
            var seen = await world.PostAsync("/networks", body);
            Assert.Equal((201, "1450"), (seen.Status, seen.Text("network", "mtu")));
        });

    [Fact]
    public void An_mtu_is_one_that_hosts_can_have() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync("\"mtu\":576");
            foreach (var mtu in (int[])[1, 68, 575])
            {
                var body = $"{{\"network\":{{\"mtu\":{mtu}}}}}";
                var made = await world.PostAsync("/networks", body);
                Assert.Equal((400, "InvalidInput"), made.Fault);
                Assert.EndsWith("Requested MTU is too small, minimum is 576.", made.Message, StringComparison.Ordinal);
                Assert.Equal((400, "InvalidInput"), (await world.PutAsync($"/networks/{network}", body)).Fault);
            }
            Assert.Equal("576", (await world.GetAsync($"/networks/{network}")).Text("network", "mtu"));
        });

    [Fact]
    public void Many_are_made_together_or_not_at_all() =>
        NetworkWorld.Run(async world =>
        {
            var seen = await world.PostAsync("/networks", """{"networks":[{"name":"a"},{"name":"b"}]}""");
            Assert.Equal(["a", "b"], seen.All("networks", "name"));
            Assert.Equal(2, await world.UsedAsync("network"));
            await world.PutAsync($"/quotas/{NetworkWorld.Project}", """{"quota":{"network":3}}""", "admin");
            var over = await world.PostAsync("/networks", """{"networks":[{"name":"c"},{"name":"d"}]}""");
            Assert.Equal((409, "OverQuota"), over.Fault);
            Assert.Equal((2, 2), (await world.CountAsync("networks"), await world.UsedAsync("network")));
        });

    [Fact]
    public void The_same_idempotency_key_gets_the_first_answer() =>
        NetworkWorld.Run(async world =>
        {
            const string body = """{"network":{"name":"once"}}""";
            var first = await world.SendAsync("POST", "/v2.0/networks", body, key: "k");
            var again = await world.SendAsync("POST", "/v2.0/networks", body, key: "k");
            Assert.Equal((201, first.Body), (again.Status, again.Body));
            Assert.Equal(1, await world.CountAsync("networks"));
            var other = await world.SendAsync("POST", "/v2.0/networks", """{"network":{"name":"b"}}""", key: "k");
            Assert.Equal(409, other.Status);
        });

    [Fact]
    public void A_network_takes_its_subnets_and_its_dhcp_port_along() =>
        NetworkWorld.Run(async world =>
        {
            var id = await world.NetworkAsync();
            await world.SubnetAsync(id, "10.0.0.0/24");
            await world.SubnetAsync(id, "10.0.1.0/24");
            Assert.Equal(204, (await world.DeleteAsync($"/networks/{id}")).Status);
            Assert.Equal(404, (await world.GetAsync($"/networks/{id}")).Status);
            foreach (
                var table in new[]
                {
                    "networks",
                    "subnets",
                    "ports",
                    "ip_allocations",
                    "free_ranges",
                    "allocation_pools",
                }
            )
                Assert.Equal((table, 0), (table, await world.CountAsync(table)));
            foreach (var resource in new[] { "network", "subnet", "port" })
                Assert.Equal((resource, 0), (resource, await world.UsedAsync(resource)));
        });

    [Fact]
    public void A_network_in_use_stays() =>
        NetworkWorld.Run(async world =>
        {
            var id = await world.NetworkAsync();
            var port = await world.PortAsync(id);
            var seen = await world.DeleteAsync($"/networks/{id}");
            Assert.Equal((409, "NetworkInUse"), seen.Fault);
            Assert.Contains(port, seen.Message);
            await world.DeleteAsync($"/ports/{port}");
            Assert.Equal(204, (await world.DeleteAsync($"/networks/{id}")).Status);
        });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_port_is_never_made_on_a_network_that_is_being_deleted(int seed) =>
        NetworkWorld.Run(
            async world =>
            {
                var id = await world.NetworkAsync();
                var both = await Task.WhenAll(
                    world.DeleteAsync($"/networks/{id}"),
                    world.PostAsync("/ports", NetworkWorld.PortBody(id))
                );
                Assert.True((both[0].Status, both[1].Status) is (204, 404) or (409, 201));
                Assert.Equal(both[0].Status == 204 ? 0 : 1, await world.CountAsync("ports"));
            },
            seed
        );

    [Fact]
    public void A_shared_network_is_seen_by_all_and_changed_by_its_owner() =>
        NetworkWorld.Run(async world =>
        {
            var id = await world.NetworkAsync("\"shared\":true", "admin");
            Assert.Equal(200, (await world.GetAsync($"/networks/{id}", "other")).Status);
            Assert.Equal([id], (await world.GetAsync("/networks?shared=true", "other")).All("networks", "id"));
            var body = """{"network":{"name":"mine"}}""";
            Assert.Equal((403, "PolicyNotAuthorized"), (await world.PutAsync($"/networks/{id}", body, "other")).Fault);
            Assert.Equal((403, "PolicyNotAuthorized"), (await world.DeleteAsync($"/networks/{id}", "other")).Fault);
            var subnet = await world.PostAsync("/subnets", NetworkWorld.SubnetBody(id, "10.0.0.0/24"), "other");
            Assert.Equal((403, "PolicyNotAuthorized"), subnet.Fault);
        });

    [Fact]
    public void A_network_that_others_use_stays_shared() =>
        NetworkWorld.Run(async world =>
        {
            var id = await world.NetworkAsync("\"shared\":true", "admin");
            var port = await world.PortAsync(id, token: "other");
            const string body = """{"network":{"shared":false}}""";
            Assert.Equal((409, "InvalidSharedSetting"), (await world.PutAsync($"/networks/{id}", body, "admin")).Fault);
            await world.DeleteAsync($"/ports/{port}", "other");
            Assert.Equal(200, (await world.PutAsync($"/networks/{id}", body, "admin")).Status);
            Assert.Equal(404, (await world.GetAsync($"/networks/{id}", "other")).Status);
        });

    [Fact]
    public void An_external_network_is_seen_by_all_and_plugged_into_by_its_owner() =>
        NetworkWorld.Run(async world =>
        {
            var id = await world.NetworkAsync("\"router:external\":true", "admin");
            Assert.Equal([id], (await world.GetAsync("/networks?router:external=true", "other")).All("networks", "id"));
            var port = await world.PostAsync("/ports", NetworkWorld.PortBody(id), "other");
            Assert.Equal((403, "HTTPForbidden"), port.Fault);
        });
}
