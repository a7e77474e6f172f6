using Pipeline.Contracts.Hosts;
using Pipeline.Services.Tests.Network.Routers;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.Network.Agents;

public sealed class AgentsTests
{
    private const string Agents = "agents";
    private static readonly HostId Node = Ids.Host(1);
    private static readonly HostId Compute = Ids.Host(2);

    [Fact]
    public void A_host_has_an_agent_for_each_part_it_takes() =>
        NetworkWorld.Run(async world =>
        {
            await ReportAsync(world, Node, "compute,network");
            await ReportAsync(world, Compute, "compute");
            var all = await world.GetAsync("/agents", "admin");
            Assert.Equal(7, all.All(Agents, "id").Distinct().Count());
            Assert.Equal(
                ["DHCP agent", "L3 agent", "Linux bridge agent", "Metadata agent"],
                (await world.GetAsync($"/agents?host={Node}", "admin")).All(Agents, "agent_type").Order()
            );
            var l3 = await world.GetAsync("/agents?agent_type=L3%20agent", "admin");
            var seen = await world.GetAsync($"/agents/{Assert.Single(l3.All(Agents, "id"))}", "admin");
            Golden.Matches(seen.Golden, "network/agents/show.200.json");
            await ReportAsync(world, Node, "compute,network");
            Assert.Equal(
                all.All(Agents, "id").Order(),
                (await world.GetAsync("/agents", "admin")).All(Agents, "id").Order()
            );
        });

    [Fact]
    public void Agents_are_found_by_what_they_are_and_by_whether_they_live() =>
        NetworkWorld.Run(async world =>
        {
            await ReportAsync(world, Node, "compute,network");
            await ReportAsync(world, Compute, "compute");
            world.Hosts.Up.Remove(Compute);
            world.Hosts.Up.Add(Node);
            async Task<int> CountAsync(string filter) =>
                (await world.GetAsync($"/agents?{filter}", "admin")).All(Agents, "id").Count;
            Assert.Equal(4, await CountAsync("alive=True"));
            Assert.Equal(3, await CountAsync("alive=false"));
            Assert.Equal(2, await CountAsync("binary=neutron-dhcp-agent"));
            Assert.Equal(1, await CountAsync("topic=l3_agent"));
            Assert.Equal(400, (await world.GetAsync("/agents?alive=perhaps", "admin")).Status);
        });

    [Fact]
    public void A_host_that_takes_no_routers_any_more_has_no_agent_for_them() =>
        NetworkWorld.Run(async world =>
        {
            await ReportAsync(world, Node, "network");
            await ReportAsync(world, Node, "compute");
            Assert.DoesNotContain("L3 agent", (await world.GetAsync("/agents", "admin")).All(Agents, "agent_type"));
        });

    [Fact]
    public void Agents_are_an_operators_to_see_and_to_change() =>
        NetworkWorld.Run(async world =>
        {
            await ReportAsync(world, Node, "network");
            var id = await AgentAsync(world, Node, "L3 agent");
            Assert.Equal(403, (await world.GetAsync("/agents")).Status);
            Assert.Equal(403, (await world.GetAsync($"/agents/{id}")).Status);
            Assert.Equal(403, (await world.PutAsync($"/agents/{id}", """{"agent":{"description":"x"}}""")).Status);
            Assert.Equal(404, (await world.GetAsync("/agents/none", "admin")).Status);
            var bad = await world.PutAsync($"/agents/{id}", """{"agent":{"host":"x"}}""", "admin");
            Assert.Equal(400, bad.Status);
        });

    [Fact]
    public void No_router_comes_to_a_node_that_was_taken_out_of_service() =>
        NetworkWorld.Run(async world =>
        {
            await ReportAsync(world, Node, "network");
            await ReportAsync(world, Compute, "network");
            foreach (var host in (HostId[])[Node, Compute])
                world.Hosts.Up.Add(host);
            var out1 = await AgentAsync(world, Node, "L3 agent");
            var away = await world.PutAsync($"/agents/{out1}", """{"agent":{"admin_state_up":false}}""", "admin");
            Assert.Equal(200, away.Status);
            for (var i = 0; i < 3; i++)
            {
                var network = await world.NetworkAsync();
                var subnet = await world.SubnetAsync(network, $"10.0.{i}.0/24");
                var router = (await world.PostAsync("/routers", """{"router":{"name":"r"}}""")).Id("router");
                await world.PutAsync($"/routers/{router}/add_router_interface", $"{{\"subnet_id\":\"{subnet}\"}}");
                await world.SettleAsync();
                var agents = await world.GetAsync($"/routers/{router}/l3-agents", "admin");
                Assert.Equal([$"{Compute}"], agents.All(Agents, "host"));
            }
            var has = await AgentAsync(world, Compute, "L3 agent");
            Assert.Equal(3, (await world.GetAsync($"/agents/{has}/l3-routers", "admin")).All("routers", "id").Count);
            Assert.Empty((await world.GetAsync($"/agents/{out1}/l3-routers", "admin")).All("routers", "id"));
            var bridge = await AgentAsync(world, Node, "Linux bridge agent");
            var refused = await world.PutAsync($"/agents/{bridge}", """{"agent":{"admin_state_up":false}}""", "admin");
            Assert.Equal(400, refused.Status);
        });

    [Fact]
    public void Leases_are_served_where_a_networks_ports_are() =>
        NetworkWorld.Run(async world =>
        {
            await ReportAsync(world, Node, "compute");
            await ReportAsync(world, Compute, "compute");
            var network = await world.NetworkAsync();
            await world.SubnetAsync(network, "10.0.0.0/24");
            await world.RunServerAsync(Ids.Server(1), Compute, network);
            var agents = await world.GetAsync($"/networks/{network}/dhcp-agents", "admin");
            Assert.Equal([$"{Compute}"], agents.All(Agents, "host"));
            var dhcp = await AgentAsync(world, Compute, "DHCP agent");
            Assert.Equal(
                [network],
                (await world.GetAsync($"/agents/{dhcp}/dhcp-networks", "admin")).All("networks", "id")
            );
        });

    [Fact]
    public void Agents_tell_what_their_hosts_have() =>
        NetworkWorld.Run(async world =>
        {
            var (outside, _, port) = await world.RoutedAsync();
            await world.FloatAsync(outside, NetworkWorld.Pair("port_id", port));
            await world.ToldAsync();
            async Task<string> ToldOfAsync(string type)
            {
                var path = $"/agents?agent_type={Uri.EscapeDataString(type)}&fields=configurations";
                return (await world.GetAsync(path, "admin")).Body;
            }
            Assert.Contains(
                "{\"agent_mode\":\"legacy\",\"handle_internal_only_routers\":true,\"routers\":1,\"ex_gw_ports\":1,\"interfaces\":1,\"floating_ips\":1}",
                await ToldOfAsync("L3 agent")
            );
            Assert.Contains("{\"networks\":2,\"subnets\":", await ToldOfAsync("DHCP agent"));
            Assert.Contains("\"devices\":2,\"tunneling_ip\":", await ToldOfAsync("Linux bridge agent"));
        });

    [Fact]
    public void A_forgotten_agent_is_there_again_when_its_host_reports() =>
        NetworkWorld.Run(async world =>
        {
            await ReportAsync(world, Node, "network");
            var id = await AgentAsync(world, Node, "L3 agent");
            await world.PutAsync($"/agents/{id}", """{"agent":{"admin_state_up":false,"description":"d"}}""", "admin");
            await ReportAsync(world, Node, "network"); // what an operator said stays
            Assert.Equal(
                ["False"],
                (await world.GetAsync("/agents?description=d", "admin")).All(Agents, "admin_state_up")
            );
            Assert.Equal(204, (await world.DeleteAsync($"/agents/{id}", "admin")).Status);
            Assert.Equal(404, (await world.GetAsync($"/agents/{id}", "admin")).Status);
            await ReportAsync(world, Node, "network");
            Assert.NotEqual(id, await AgentAsync(world, Node, "L3 agent"));
        });

    private static async Task<string> AgentAsync(NetworkWorld world, HostId host, string type)
    {
        var found = await world.GetAsync($"/agents?host={host}&agent_type={Uri.EscapeDataString(type)}", "admin");
        return Assert.Single(found.All(Agents, "id"));
    }

    private static Task ReportAsync(NetworkWorld world, HostId host, string roles)
    {
        var facts = new SortedDictionary<string, string> { [HostFactNames.Roles] = roles };
        var report = new HostReport(host, $"{host}", new(8, 8192, 100, "qemu", facts));
        return world.Db.WriteAsync(tx => world.Get<IHostReports>().HeardAsync(tx, report));
    }
}
