using Pipeline.Testing;

namespace Pipeline.Services.Tests.Network.Routers;

public sealed class FloatingIpsTests
{
    [Fact]
    public void The_answers_have_the_documented_shape() =>
        NetworkWorld.Run(async world =>
        {
            var (outside, _, port) = await world.RoutedAsync();
            var created = await world.FloatAsync(outside, "\"description\":\"d\"");
            Golden.Matches(created.Golden, "network/floating-ips/create.201.json");
            var path = $"/floatingips/{created.Id("floatingip")}";
            var linked = await world.PutAsync(path, $$$"""{"floatingip":{"port_id":"{{{port}}}"}}""");
            Golden.Matches(linked.Golden, "network/floating-ips/update.200.json");
            await world.ToldAsync();
            Golden.Matches(
                (await world.GetAsync("/floatingips?status=ACTIVE")).Golden,
                "network/floating-ips/list.200.json"
            );
            Golden.Matches((await world.GetAsync("/floatingips/none")).Golden, "network/floating-ips/show.404.json");
            Assert.Equal(204, (await world.DeleteAsync(path)).Status);
        });

    [Fact]
    public void A_link_is_active_once_the_routers_host_has_it_and_gone_with_its_port() =>
        NetworkWorld.Run(async world =>
        {
            var (outside, router, port) = await world.RoutedAsync();
            var made = await world.FloatAsync(outside, NetworkWorld.Pair("port_id", port));
            var path = $"/floatingips/{made.Id("floatingip")}";
            Assert.Equal((router, "DOWN"), (made.Text("floatingip", "router_id"), made.Text("floatingip", "status")));
            var told = (await world.ToldAsync())[^1].Router;
            var address = made.Text("floatingip", "floating_ip_address");
            Assert.Equal((address, "10.0.0.11"), (told.FloatingIps[0].Address, told.FloatingIps[0].FixedAddress));
            Assert.Equal("ACTIVE", (await world.GetAsync(path)).Text("floatingip", "status"));
            Assert.Equal(204, (await world.DeleteAsync($"/ports/{port}")).Status);
            var cut = await world.GetAsync(path);
            Assert.Equal(("", "DOWN"), (cut.Text("floatingip", "port_id"), cut.Text("floatingip", "status")));
            Assert.Empty((await world.ToldAsync())[^1].Router.FloatingIps);
        });

    [Fact]
    public void What_an_address_stands_for_is_shown_with_it() =>
        NetworkWorld.Run(async world =>
        {
            var (outside, _, port) = await world.RoutedAsync();
            await world.PutAsync($"/ports/{port}", """{"port":{"name":"web"}}""");
            var made = await world.FloatAsync(outside, NetworkWorld.Pair("port_id", port));
            Assert.Contains("\"port_details\":{\"name\":\"web\",\"network_id\":", made.Body);
            var free = await world.PutAsync(
                $"/floatingips/{made.Id("floatingip")}",
                """{"floatingip":{"port_id":null}}"""
            );
            Assert.Contains("\"port_details\":null", free.Body);
        });

    [Fact]
    public void An_address_that_its_port_gives_up_has_no_floating_one_any_more() =>
        NetworkWorld.Run(async world =>
        {
            var (outside, _, port) = await world.RoutedAsync();
            var made = await world.FloatAsync(outside, NetworkWorld.Pair("port_id", port));
            var moved = """{"port":{"fixed_ips":[{"ip_address":"10.0.0.12"}]}}""";
            Assert.Equal(200, (await world.PutAsync($"/ports/{port}", moved)).Status);
            var seen = await world.GetAsync($"/floatingips/{made.Id("floatingip")}");
            Assert.Equal("", seen.Text("floatingip", "port_id"));
        });

    [Fact]
    public void A_floating_address_is_held_until_the_routers_host_has_let_go() =>
        NetworkWorld.Run(async world =>
        {
            var (outside, _, port) = await world.RoutedAsync();
            var made = await world.FloatAsync(outside, NetworkWorld.Pair("port_id", port));
            await world.ToldAsync();
            var address = made.Text("floatingip", "floating_ip_address");
            Assert.Equal(204, (await world.DeleteAsync($"/floatingips/{made.Id("floatingip")}")).Status);
            Assert.Empty((await world.GetAsync("/floatingips")).All("floatingips", "id"));
            Assert.Equal(1, await world.CountAsync("ip_allocations", $"ip = '{address}'"));
            await world.ToldAsync();
            Assert.Equal(0, await world.CountAsync("ip_allocations", $"ip = '{address}'"));
        });

    [Fact]
    public void What_cannot_be_linked_is_refused() =>
        NetworkWorld.Run(async world =>
        {
            var (outside, _, port) = await world.RoutedAsync();
            var (_, lone) = await world.SubnetAsync("10.7.0.0/24");
            var beyond = await world.PortAsync(lone);
            var unreachable = await world.FloatAsync(outside, NetworkWorld.Pair("port_id", beyond));
            Assert.Equal((404, "ExternalGatewayForFloatingIPNotFound"), unreachable.Fault);
            Assert.Equal((400, "BadRequest"), (await world.FloatAsync(lone)).Fault);
            var pair = NetworkWorld.Pair("port_id", port);
            Assert.Equal(201, (await world.FloatAsync(outside, pair)).Status);
            Assert.Equal((409, "FloatingIPPortAlreadyAssociated"), (await world.FloatAsync(outside, pair)).Fault);
            var wrong = $"{pair},{NetworkWorld.Pair("fixed_ip_address", "10.0.0.99")}";
            Assert.Equal((400, "BadRequest"), (await world.FloatAsync(outside, wrong)).Fault);
            Assert.Equal((1, 1), (await world.CountAsync("floating_ips"), await world.UsedAsync("floatingip")));
            var certain = NetworkWorld.Pair("floating_ip_address", "203.0.113.99");
            Assert.Equal((403, "PolicyNotAuthorized"), (await world.FloatAsync(outside, certain)).Fault);
        });
}
