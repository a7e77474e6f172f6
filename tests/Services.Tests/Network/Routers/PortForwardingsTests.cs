using Pipeline.Testing;

namespace Pipeline.Services.Tests.Network.Routers;

public sealed class PortForwardingsTests
{
    [Fact]
    public void The_answers_have_the_documented_shape() =>
        NetworkWorld.Run(async world =>
        {
            var (outside, _, port) = await world.RoutedAsync();
            var floating = (await world.FloatAsync(outside)).Id("floatingip");
            var created = await world.ForwardAsync(floating, port, 2201, more: "\"description\":\"d\"");
            Golden.Matches(created.Golden, "network/port-forwardings/create.201.json");
            var path = $"/floatingips/{floating}/port_forwardings";
            Golden.Matches((await world.GetAsync(path)).Golden, "network/port-forwardings/list.200.json");
            var one = $"{path}/{created.Id("port_forwarding")}";
            Golden.Matches((await world.GetAsync(one)).Golden, "network/port-forwardings/show.200.json");
            var shown = await world.GetAsync($"/floatingips/{floating}");
            Golden.Matches(shown.Golden, "network/port-forwardings/floatingip.200.json");
            var missing = await world.GetAsync($"{path}/none");
            Golden.Matches(missing.Golden, "network/port-forwardings/show.404.json");
            var moved = """{"port_forwarding":{"protocol":"udp","internal_port":"53"}}""";
            Golden.Matches((await world.PutAsync(one, moved)).Golden, "network/port-forwardings/update.200.json");
            Assert.Equal(204, (await world.DeleteAsync(one)).Status);
            Assert.Equal((404, "PortForwardingNotFound"), (await world.DeleteAsync(one)).Fault);
        });

    [Fact]
    public void The_routers_host_is_told_and_the_address_is_its_routers_while_it_has_any() =>
        NetworkWorld.Run(async world =>
        {
            var (outside, router, port) = await world.RoutedAsync();
            var made = await world.FloatAsync(outside);
            var floating = made.Id("floatingip");
            var first = (await world.ForwardAsync(floating, port, 2201)).Id("port_forwarding");
            var second = (await world.ForwardAsync(floating, port, 2201, 53, "udp")).Id("port_forwarding");
            var seen = await world.GetAsync($"/floatingips/{floating}");
            Assert.Equal((router, ""), (seen.Text("floatingip", "router_id"), seen.Text("floatingip", "port_id")));
            var told = (await world.ToldAsync())[^1].Router;
            var address = made.Text("floatingip", "floating_ip_address");
            Assert.Empty(told.FloatingIps);
            Assert.Equal(
                [new(address, "tcp", 2201, "10.0.0.11", 22), new(address, "udp", 2201, "10.0.0.11", 53)],
                told.Forwardings
            );
            Assert.Equal("ACTIVE", (await world.GetAsync($"/floatingips/{floating}")).Text("floatingip", "status"));
            var path = $"/floatingips/{floating}/port_forwardings";
            Assert.Equal(204, (await world.DeleteAsync($"{path}/{first}")).Status);
            Assert.Single((await world.ToldAsync())[^1].Router.Forwardings!);
            Assert.Equal(204, (await world.DeleteAsync($"{path}/{second}")).Status);
            Assert.Null((await world.ToldAsync())[^1].Router.Forwardings);
            seen = await world.GetAsync($"/floatingips/{floating}");
            Assert.Equal(("", "DOWN"), (seen.Text("floatingip", "router_id"), seen.Text("floatingip", "status")));
        });

    [Fact]
    public void A_change_of_what_is_led_to_is_told_and_a_description_is_not() =>
        NetworkWorld.Run(async world =>
        {
            var (outside, _, port) = await world.RoutedAsync();
            var floating = (await world.FloatAsync(outside)).Id("floatingip");
            var id = (await world.ForwardAsync(floating, port, 2201)).Id("port_forwarding");
            await world.ToldAsync();
            var one = $"/floatingips/{floating}/port_forwardings/{id}";
            var named = await world.PutAsync(one, """{"port_forwarding":{"description":"ssh"}}""");
            Assert.Equal((200, "ssh"), (named.Status, named.Text("port_forwarding", "description")));
            Assert.Empty(await world.ToldAsync());
            var network = (await world.GetAsync($"/ports/{port}")).Text("port", "network_id");
            var other = await world.PortAsync(network, "\"fixed_ips\":[{\"ip_address\":\"10.0.0.12\"}]");
            var moved = $$$"""{"port_forwarding":{"internal_port_id":"{{{other}}}","external_port":2202}}""";
            var seen = await world.PutAsync(one, moved);
            Assert.Equal((200, "10.0.0.12"), (seen.Status, seen.Text("port_forwarding", "internal_ip_address")));
            var told = Assert.Single((await world.ToldAsync())[^1].Router.Forwardings!);
            Assert.Equal((2202, "10.0.0.12", 22), (told.Port, told.FixedAddress, told.FixedPort));
        });

    [Fact]
    public void Lists_are_of_one_address_filtered_sorted_and_paged() =>
        NetworkWorld.Run(async world =>
        {
            var (outside, _, port) = await world.RoutedAsync();
            var floating = (await world.FloatAsync(outside)).Id("floatingip");
            var beside = (await world.FloatAsync(outside)).Id("floatingip");
            foreach (var number in (int[])[2203, 2201, 2202])
                Assert.Equal(201, (await world.ForwardAsync(floating, port, number, number)).Status);
            var far = (await world.ForwardAsync(beside, port, 2204, 2204)).Id("port_forwarding");
            var path = $"/floatingips/{floating}/port_forwardings";
            async Task<IReadOnlyList<string>> PortsAsync(string query) =>
                (await world.GetAsync($"{path}?{query}")).All("port_forwardings", "external_port");
            Assert.Equal(["2201", "2202", "2203"], await PortsAsync("sort_key=external_port&sort_dir=asc"));
            Assert.Equal(["2202"], await PortsAsync("external_port=2202"));
            Assert.Equal(3, (await PortsAsync($"protocol=tcp&internal_port_id={port}")).Count);
            var page = await world.GetAsync($"{path}?limit=2&fields=id");
            Assert.Contains($"/network/v2.0/floatingips/{floating}/port_forwardings?limit=2", page.Body);
            Assert.Equal(2, page.All("port_forwardings", "id").Count);
            Assert.Equal(404, (await world.GetAsync($"{path}?limit=2&marker={far}")).Status);
            Assert.Equal(404, (await world.GetAsync($"{path}/{far}")).Status);
            Assert.Equal(400, (await world.GetAsync($"{path}?colour=red")).Status);
        });

    [Fact]
    public void What_cannot_be_is_refused_by_name_and_writes_nothing() =>
        NetworkWorld.Run(async world =>
        {
            var (outside, _, port) = await world.RoutedAsync();
            var floating = (await world.FloatAsync(outside)).Id("floatingip");
            var (_, lone) = await world.SubnetAsync("10.7.0.0/24");
            var beyond = await world.PortAsync(lone, "\"fixed_ips\":[{\"ip_address\":\"10.7.0.11\"}]");
            var bare = await world.PortAsync(lone, "\"fixed_ips\":[]");
            async Task RefusedAsync(int status, string type, Task<Seen> seen) =>
                Assert.Equal((status, type), (await seen).Fault);
            await RefusedAsync(400, "BadRequest", world.ForwardAsync(floating, beyond, 2201, address: "10.7.0.11"));
            await RefusedAsync(400, "BadRequest", world.ForwardAsync(floating, bare, 2201));
            await RefusedAsync(400, "BadRequest", world.ForwardAsync(floating, port, 2201, address: "10.0.0.99"));
            await RefusedAsync(404, "PortNotFound", world.ForwardAsync(floating, $"{Ids.Server(1)}", 2201));
            await RefusedAsync(404, "FloatingIPNotFound", world.ForwardAsync($"{Ids.Server(1)}", port, 2201));
            string[] wrong =
            [
                "\"external_port\":0",
                "\"external_port\":65536",
                "\"external_port\":\"80:90\"",
                "\"external_port\":null",
                "\"internal_port\":9999999999",
                "\"protocol\":\"icmp\"",
                "\"internal_ip_address\":\"fe80::1\"",
                "\"internal_port_id\":\"x\"",
                "\"description\":7",
                "\"id\":\"x\"",
                "\"colour\":\"red\"",
                $"\"project_id\":\"{NetworkWorld.Other}\"",
            ];
            foreach (var attribute in wrong)
                Assert.Equal(
                    (attribute, 400),
                    (attribute, (await world.ForwardAsync(floating, port, 2201, more: attribute)).Status)
                );
            var path = $"/floatingips/{floating}/port_forwardings";
            Assert.Equal(400, (await world.PostAsync(path, """{"port_forwarding":{"protocol":"tcp"}}""")).Status);
            Assert.Equal(0, await world.CountAsync("port_forwardings"));
            Assert.Equal(0, await world.CountAsync("floating_ips", "router_id IS NOT NULL"));
        });

    [Fact]
    public void The_same_port_twice_outside_or_inside_is_refused() =>
        NetworkWorld.Run(async world =>
        {
            var (outside, _, port) = await world.RoutedAsync();
            var floating = (await world.FloatAsync(outside)).Id("floatingip");
            var beside = (await world.FloatAsync(outside)).Id("floatingip");
            Assert.Equal(201, (await world.ForwardAsync(floating, port, 2201)).Status);
            var outer = await world.ForwardAsync(floating, port, 2201, 23);
            Assert.Equal((400, "BadRequest"), outer.Fault);
            Assert.Contains("'external_port': 2201", outer.Message);
            var inner = await world.ForwardAsync(beside, port, 2299);
            Assert.Equal((400, "BadRequest"), inner.Fault);
            Assert.Contains("'internal_port': 22", inner.Message);
            var second = (await world.ForwardAsync(floating, port, 2202, 23)).Id("port_forwarding");
            var clash = await world.PutAsync(
                $"/floatingips/{floating}/port_forwardings/{second}",
                """{"port_forwarding":{"external_port":2201}}"""
            );
            Assert.Equal((400, "BadRequest"), clash.Fault);
            Assert.Equal(2, await world.CountAsync("port_forwardings"));
            Assert.Equal(0, await world.CountAsync("floating_ips", $"id = '{beside}' AND router_id IS NOT NULL"));
        });

    [Fact]
    public void An_address_is_linked_as_a_whole_or_forwards_ports_never_both() =>
        NetworkWorld.Run(async world =>
        {
            var (outside, _, port) = await world.RoutedAsync();
            var linked = await world.FloatAsync(outside, NetworkWorld.Pair("port_id", port));
            var whole = linked.Id("floatingip");
            var floating = (await world.FloatAsync(outside)).Id("floatingip");
            Assert.Equal((409, "FloatingIPPortAlreadyAssociated"), (await world.ForwardAsync(whole, port, 2201)).Fault);
            Assert.Equal((409, "PortHasBindingFloatingIP"), (await world.ForwardAsync(floating, port, 2201)).Fault);
            const string off = """{"floatingip":{"port_id":null}}""";
            Assert.Equal(200, (await world.PutAsync($"/floatingips/{whole}", off)).Status);
            Assert.Equal(201, (await world.ForwardAsync(floating, port, 2201)).Status);
            var link = $$$"""{"floatingip":{"port_id":"{{{port}}}"}}""";
            var refused = await world.PutAsync($"/floatingips/{floating}", link);
            Assert.Equal((409, "FipInUseByPortForwarding"), refused.Fault);
            var still = await world.PutAsync($"/floatingips/{floating}", off);
            Assert.NotEqual("", still.Text("floatingip", "router_id"));
            Assert.Equal(1, await world.CountAsync("port_forwardings"));
        });

    [Fact]
    public void Forwardings_go_with_the_port_its_address_and_the_floating_address() =>
        NetworkWorld.Run(async world =>
        {
            var (outside, _, port) = await world.RoutedAsync();
            var floating = (await world.FloatAsync(outside)).Id("floatingip");
            await world.ForwardAsync(floating, port, 2201);
            var moved = """{"port":{"fixed_ips":[{"ip_address":"10.0.0.12"}]}}""";
            Assert.Equal(200, (await world.PutAsync($"/ports/{port}", moved)).Status);
            Assert.Equal(0, await world.CountAsync("port_forwardings"));
            await world.ForwardAsync(floating, port, 2201, address: "10.0.0.12");
            Assert.NotNull((await world.ToldAsync())[^1].Router.Forwardings);
            Assert.Equal(204, (await world.DeleteAsync($"/ports/{port}")).Status);
            Assert.Equal(0, await world.CountAsync("port_forwardings"));
            var cut = await world.GetAsync($"/floatingips/{floating}");
            Assert.Equal(("", "DOWN"), (cut.Text("floatingip", "router_id"), cut.Text("floatingip", "status")));
            Assert.Null((await world.ToldAsync())[^1].Router.Forwardings);
            var network = (await world.GetAsync("/networks?router:external=false")).All("networks", "id")[0];
            var next = await world.PortAsync(network, "\"fixed_ips\":[{\"ip_address\":\"10.0.0.13\"}]");
            Assert.Equal(201, (await world.ForwardAsync(floating, next, 2201, address: "10.0.0.13")).Status);
            await world.ToldAsync();
            Assert.Equal(204, (await world.DeleteAsync($"/floatingips/{floating}")).Status);
            Assert.Equal(0, await world.CountAsync("port_forwardings"));
            Assert.Equal(1, await world.CountAsync("floating_ips", "deleted_at IS NOT NULL"));
            Assert.Null((await world.ToldAsync())[^1].Router.Forwardings);
            Assert.Equal(0, await world.CountAsync("floating_ips"));
        });

    [Fact]
    public void What_leads_to_a_forwarding_is_not_taken_away() =>
        NetworkWorld.Run(async world =>
        {
            var (outside, router, port) = await world.RoutedAsync();
            var floating = (await world.FloatAsync(outside)).Id("floatingip");
            var id = (await world.ForwardAsync(floating, port, 2201)).Id("port_forwarding");
            var subnet = (await world.GetAsync("/subnets?cidr=10.0.0.0/24")).All("subnets", "id")[0];
            Assert.Equal((409, "RouterInterfaceInUseByFloatingIP"), (await world.LeaveAsync(router, subnet)).Fault);
            var clear = await world.PutAsync($"/routers/{router}", """{"router":{"external_gateway_info":{}}}""");
            Assert.Equal((409, "RouterExternalGatewayInUseByFloatingIp"), clear.Fault);
            Assert.Equal(204, (await world.DeleteAsync($"/floatingips/{floating}/port_forwardings/{id}")).Status);
            Assert.Equal(200, (await world.LeaveAsync(router, subnet)).Status);
        });

    [Fact]
    public void One_address_leads_through_one_router() =>
        NetworkWorld.Run(async world =>
        {
            var (outside, _, port) = await world.RoutedAsync();
            var floating = (await world.FloatAsync(outside)).Id("floatingip");
            var second = await world.RouterAsync(outside);
            var (subnet, network) = await world.SubnetAsync("10.4.0.0/24");
            await world.JoinAsync(second, subnet);
            var far = await world.PortAsync(network, "\"fixed_ips\":[{\"ip_address\":\"10.4.0.11\"}]");
            Assert.Equal(201, (await world.ForwardAsync(floating, port, 2201)).Status);
            var refused = await world.ForwardAsync(floating, far, 2202, address: "10.4.0.11");
            Assert.Equal((400, "BadRequest"), refused.Fault);
            Assert.Contains("can not reach it", refused.Message);
        });

    [Fact]
    public void Another_projects_forwardings_are_not_there() =>
        NetworkWorld.Run(async world =>
        {
            var (outside, _, port) = await world.RoutedAsync();
            var floating = (await world.FloatAsync(outside)).Id("floatingip");
            var id = (await world.ForwardAsync(floating, port, 2201)).Id("port_forwarding");
            var path = $"/floatingips/{floating}/port_forwardings";
            var change = """{"port_forwarding":{"external_port":2202}}""";
            Assert.Equal((404, "FloatingIPNotFound"), (await world.GetAsync(path, "other")).Fault);
            Assert.Equal(404, (await world.GetAsync($"{path}/{id}", "other")).Status);
            Assert.Equal(404, (await world.PutAsync($"{path}/{id}", change, "other")).Status);
            Assert.Equal(404, (await world.DeleteAsync($"{path}/{id}", "other")).Status);
            Assert.Equal(404, (await world.ForwardAsync(floating, port, 2203, 23, token: "other")).Status);
            var theirs = (await world.FloatAsync(outside, token: "other")).Id("floatingip");
            var taken = await world.ForwardAsync(theirs, port, 2203, 23, token: "other");
            Assert.Equal((404, "PortNotFound"), taken.Fault);
            Assert.Equal(1, await world.CountAsync("port_forwardings"));
            Assert.Equal(200, (await world.GetAsync(path, "admin")).Status);
            Assert.Equal(403, (await world.DeleteAsync($"{path}/{id}", "reader")).Status);
        });

    [Fact]
    public void Many_are_made_at_once_or_none() =>
        NetworkWorld.Run(async world =>
        {
            var (outside, _, port) = await world.RoutedAsync();
            var floating = (await world.FloatAsync(outside)).Id("floatingip");
            string Many(params IEnumerable<int> ports) =>
                "{\"port_forwardings\":["
                + string.Join(',', ports.Select(n => $"{{{string.Join(',', RouterWorld.Forwarding(port, n, n))}}}"))
                + "]}";
            var path = $"/floatingips/{floating}/port_forwardings";
            Assert.Equal(400, (await world.PostAsync(path, Many(2201, 2202, 2201))).Status);
            Assert.Equal(0, await world.CountAsync("port_forwardings"));
            Assert.Equal(201, (await world.PostAsync(path, Many(2201, 2202))).Status);
            Assert.Equal(2, (await world.ToldAsync())[^1].Router.Forwardings!.Count);
        });
}
