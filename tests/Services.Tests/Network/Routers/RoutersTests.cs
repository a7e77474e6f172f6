using Pipeline.Testing;

namespace Pipeline.Services.Tests.Network.Routers;

public sealed class RoutersTests
{
    [Fact]
    public void The_answers_have_the_documented_shape() =>
        NetworkWorld.Run(async world =>
        {
            var outside = await world.OutsideAsync();
            var body =
                $$$"""{"router":{"name":"r","description":"d","external_gateway_info":{"network_id":"{{{outside}}}"} } }""";
            var created = await world.PostAsync("/routers", body);
            Golden.Matches(created.Golden, "network/routers/create.201.json");
            var id = created.Id("router");
            var (subnet, _) = await world.SubnetAsync("10.0.0.0/24");
            Golden.Matches((await world.JoinAsync(id, subnet)).Golden, "network/routers/add-interface.200.json");
            var routes = """{"router":{"routes":[{"destination":"10.9.0.0/16","nexthop":"10.0.0.9"}]}}""";
            var routed = await world.PutAsync($"/routers/{id}/add_extraroutes", routes);
            Golden.Matches(routed.Golden, "network/routers/add-routes.200.json");
            Golden.Matches((await world.GetAsync("/routers?limit=1")).Golden, "network/routers/list.200.json");
            await world.PutAsync($"/routers/{id}/remove_extraroutes", routes);
            Golden.Matches((await world.LeaveAsync(id, subnet)).Golden, "network/routers/remove-interface.200.json");
            Golden.Matches((await world.GetAsync("/routers/none")).Golden, "network/routers/show.404.json");
            Assert.Equal(204, (await world.DeleteAsync($"/routers/{id}")).Status);
            Assert.Equal(404, (await world.GetAsync($"/routers/{id}")).Status);
        });

    [Fact]
    public void An_interface_has_the_subnets_gateway_address() =>
        NetworkWorld.Run(async world =>
        {
            var router = await world.RouterAsync();
            var (subnet, _) = await world.SubnetAsync("10.0.0.0/24");
            var port = (await world.JoinAsync(router, subnet)).Json.GetProperty("port_id").GetString();
            var seen = await world.GetAsync($"/ports/{port}");
            Assert.Equal(["10.0.0.1"], seen.Addresses);
            Assert.Equal(
                ("network:router_interface", router),
                (seen.Text("port", "device_owner"), seen.Text("port", "device_id"))
            );
            Assert.Equal((409, "ServicePortInUse"), (await world.DeleteAsync($"/ports/{port}")).Fault);
            Assert.Equal((409, "SubnetInUse"), (await world.DeleteAsync($"/subnets/{subnet}")).Fault);
            var gateway = await world.PutAsync($"/subnets/{subnet}", """{"subnet":{"gateway_ip":null}}""");
            Assert.Equal((409, "GatewayIpInUse"), gateway.Fault);
        });

    [Fact]
    public void A_port_of_its_owner_may_become_an_interface() =>
        NetworkWorld.Run(async world =>
        {
            var router = await world.RouterAsync();
            var (_, network) = await world.SubnetAsync("10.0.0.0/24");
            var port = await world.PortAsync(
                network,
                """
                "fixed_ips":[{"ip_address":"10.0.0.77"}]
                """
            );
            var path = $"/routers/{router}/add_router_interface";
            Assert.Equal(200, (await world.PutAsync(path, $$"""{"port_id":"{{port}}"}""")).Status);
            Assert.Equal((409, "PortInUse"), (await world.PutAsync(path, $$"""{"port_id":"{{port}}"}""")).Fault);
            var unnamed = await world.PutAsync($"/ports/{port}", """{"port":{"device_id":"","device_owner":""}}""");
            Assert.Equal((409, "PortInUse"), unnamed.Fault);
        });

    [Fact]
    public void What_cannot_be_joined_is_refused_and_writes_nothing() =>
        NetworkWorld.Run(async world =>
        {
            var router = await world.RouterAsync();
            var (first, _) = await world.SubnetAsync("10.0.0.0/24");
            var (overlap, _) = await world.SubnetAsync("10.0.0.0/16");
            var lone = await world.SubnetAsync(await world.NetworkAsync(), "10.5.0.0/24", "\"gateway_ip\":null");
            Assert.Equal(200, (await world.JoinAsync(router, first)).Status);
            var ports = await world.CountAsync("ports");
            foreach (var subnet in (string[])[first, overlap, lone])
                Assert.Equal((400, "BadRequest"), (await world.JoinAsync(router, subnet)).Fault);
            Assert.Equal(400, (await world.PutAsync($"/routers/{router}/add_router_interface", "{}")).Status);
            Assert.Equal(404, (await world.LeaveAsync(router, overlap)).Status);
            Assert.Equal(ports, await world.CountAsync("ports"));
        });

    [Fact]
    public void Nothing_in_use_is_taken_away_and_the_refusal_names_it() =>
        NetworkWorld.Run(async world =>
        {
            var outside = await world.OutsideAsync();
            var router = await world.RouterAsync(outside);
            var (subnet, network) = await world.SubnetAsync("10.0.0.0/24");
            var joined = await world.JoinAsync(router, subnet);
            var port = await world.PortAsync(network);
            var floating = (await world.FloatAsync(outside, NetworkWorld.Pair("port_id", port))).Id("floatingip");
            var refused = await world.DeleteAsync($"/routers/{router}");
            Assert.Equal((409, "RouterInUse"), refused.Fault);
            Assert.Contains(joined.Json.GetProperty("port_id").GetString()!, refused.Message);
            Assert.Equal((409, "RouterInterfaceInUseByFloatingIP"), (await world.LeaveAsync(router, subnet)).Fault);
            var clear = await world.PutAsync($"/routers/{router}", """{"router":{"external_gateway_info":{}}}""");
            Assert.Equal((409, "RouterExternalGatewayInUseByFloatingIp"), clear.Fault);
            Assert.Equal((409, "NetworkInUse"), (await world.DeleteAsync($"/networks/{outside}", "admin")).Fault);
            var inner = await world.PutAsync(
                $"/networks/{outside}",
                """{"network":{"router:external":false}}""",
                "admin"
            );
            Assert.Equal((409, "ExternalNetworkInUse"), inner.Fault);
            Assert.Equal(204, (await world.DeleteAsync($"/floatingips/{floating}")).Status);
            Assert.Equal(200, (await world.LeaveAsync(router, subnet)).Status);
            Assert.Equal(204, (await world.DeleteAsync($"/routers/{router}")).Status);
            await world.ToldAsync();
            Assert.Equal(204, (await world.DeleteAsync($"/networks/{outside}", "admin")).Status);
            foreach (var table in (string[])["routers", "router_ports", "floating_ips"])
                Assert.Equal((table, 0), (table, await world.CountAsync(table)));
            Assert.Equal((0, 0), (await world.UsedAsync("router"), await world.UsedAsync("floatingip")));
        });

    [Theory]
    [InlineData("10.9.0.0/16", "172.16.0.1")]
    [InlineData("10.9.0.0/16", "10.0.0.1")]
    [InlineData("10.9.0.0/16", "10.0.0.255")]
    public void A_route_leads_over_a_neighbour(string destination, string hop) =>
        NetworkWorld.Run(async world =>
        {
            var router = await world.RouterAsync();
            var (subnet, _) = await world.SubnetAsync("10.0.0.0/24");
            await world.JoinAsync(router, subnet);
            var body = $$$"""{"router":{"routes":[{"destination":"{{{destination}}}","nexthop":"{{{hop}}}"}]}}""";
            Assert.Equal((400, "InvalidRoutes"), (await world.PutAsync($"/routers/{router}", body)).Fault);
        });

    [Fact]
    public void A_route_whose_way_is_gone_is_left_out_and_the_rest_goes_on() =>
        NetworkWorld.Run(async world =>
        {
            var outside = await world.OutsideAsync();
            var router = await world.RouterAsync(outside);
            var (subnet, _) = await world.SubnetAsync("10.0.0.0/24");
            await world.JoinAsync(router, subnet);
            const string Routes = """
                {"router":{"routes":[{"destination":"10.8.0.0/16","nexthop":"203.0.113.77"},{"destination":"10.9.0.0/16","nexthop":"10.0.0.9"}]}}
                """;
            Assert.Equal(200, (await world.PutAsync($"/routers/{router}", Routes)).Status);
            Assert.Equal(2, (await world.ToldAsync())[^1].Router.Routes.Count);
            const string Closed = """{"router":{"external_gateway_info":{}}}""";
            Assert.Equal(200, (await world.PutAsync($"/routers/{router}", Closed)).Status);
            Assert.Equal("10.0.0.9", Assert.Single((await world.ToldAsync())[^1].Router.Routes).NextHop);
            Assert.Equal(0, await world.CountAsync("ports", "device_owner = 'network:router_gateway'"));
        });

    [Fact]
    public void Only_an_admin_says_how_a_gateway_is_used() =>
        NetworkWorld.Run(async world =>
        {
            var outside = await world.OutsideAsync();
            var router = await world.RouterAsync();
            var body =
                $$$"""{"router":{"external_gateway_info":{"network_id":"{{{outside}}}","enable_snat":false} } }""";
            Assert.Equal((403, "PolicyNotAuthorized"), (await world.PutAsync($"/routers/{router}", body)).Fault);
            Assert.Equal(200, (await world.PutAsync($"/routers/{router}", body, "admin")).Status);
            var other = await world.NetworkAsync();
            var inner = $$$"""{"router":{"external_gateway_info":{"network_id":"{{{other}}}"} } }""";
            Assert.Equal((400, "BadRequest"), (await world.PutAsync($"/routers/{router}", inner)).Fault);
        });

    [Fact]
    public void A_router_is_on_one_node_and_may_be_said_to_be() =>
        NetworkWorld.Run(async world =>
        {
            foreach (var word in (string[])["ha", "distributed"])
            {
                Task<Seen> AskAsync(string value, string user) =>
                    world.PostAsync("/routers", $$$"""{"router":{"name":"r","{{{word}}}":{{{value}}}}}""", user);
                var made = await AskAsync("false", "admin");
                Assert.Equal(201, made.Status);
                Assert.DoesNotContain($"\"{word}\"", made.Body);
                var refused = await AskAsync("true", "admin");
                Assert.Equal(400, refused.Status);
                Assert.Contains($"'{word}' can be nothing but false", refused.Body);
                var path = $"/routers/{made.Id("router")}";
                var changed = await world.PutAsync(path, $$$"""{"router":{"{{{word}}}":true}}""", "admin");
                Assert.Equal(400, changed.Status);
                Assert.Equal(403, (await AskAsync("true", "member")).Status);
            }
        });

    [Fact]
    public void Another_projects_router_is_not_there() =>
        NetworkWorld.Run(async world =>
        {
            var router = await world.RouterAsync();
            Assert.Equal(404, (await world.GetAsync($"/routers/{router}", "other")).Status);
            Assert.Equal(404, (await world.DeleteAsync($"/routers/{router}", "other")).Status);
            Assert.Empty((await world.GetAsync("/routers", "other")).All("routers", "id"));
        });
}
