namespace Pipeline.Services.Tests.Network.SecurityGroups;

public sealed class StatelessGroupsTests
{
    private const string Stateless = """{"security_group":{"stateful":false}}""";

    [Fact]
    public void A_group_is_stateful_unless_it_is_said_not_to_be() =>
        NetworkWorld.Run(async world =>
        {
            var usual = await world.GroupAsync("usual");
            var created = await world.PostAsync("/security-groups", Body("quick", "false"));
            Assert.Equal((201, "False"), (created.Status, Stateful(created)));
            Assert.Equal("True", Stateful(await world.GetAsync($"/security-groups/{usual}")));
            Assert.Equal(["quick"], (await ListAsync(world, "stateful=false")).Order());
            Assert.Equal(["default", "usual"], (await ListAsync(world, "stateful=true")).Order());
            Assert.Equal(400, (await world.PostAsync("/security-groups", Body("x", "\"perhaps\""))).Status);
        });

    [Fact]
    public void A_groups_kind_stays_while_ports_use_it() =>
        NetworkWorld.Run(async world =>
        {
            var group = await world.GroupAsync("g");
            var changed = await world.PutAsync($"/security-groups/{group}", Stateless);
            Assert.Equal((200, "False"), (changed.Status, Stateful(changed)));
            var port = await world.PortAsync(await world.NetworkAsync(), Groups(group));
            var back = await world.PutAsync($"/security-groups/{group}", Body("g", "true"));
            Assert.Equal((409, "SecurityGroupInUse"), back.Fault);
            Assert.Equal("False", Stateful(await world.GetAsync($"/security-groups/{group}")));
            var same = await world.PutAsync($"/security-groups/{group}", Body("h", "false"));
            Assert.Equal((200, "h"), (same.Status, same.Text("security_group", "name")));
            await world.DeleteAsync($"/ports/{port}");
            Assert.Equal(200, (await world.PutAsync($"/security-groups/{group}", Body("g", "true"))).Status);
        });

    [Fact]
    public void A_port_has_groups_of_one_kind() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var stateful = await world.GroupAsync("a");
            var quick = (await world.PostAsync("/security-groups", Body("b", "false"))).Id("security_group");
            var ports = await world.CountAsync("ports");
            var both = await world.PostAsync("/ports", NetworkWorld.PortBody(network, Groups(stateful, quick)));
            Assert.Equal((409, "SecurityGroupConflict"), both.Fault);
            Assert.Equal(ports, await world.CountAsync("ports"));
            var port = await world.PortAsync(network, Groups(quick));
            var mixed = NetworkWorld.Item("port", Groups(quick, stateful));
            Assert.Equal((409, "SecurityGroupConflict"), (await world.PutAsync($"/ports/{port}", mixed)).Fault);
            var other = NetworkWorld.Item("port", Groups(stateful));
            Assert.Equal(200, (await world.PutAsync($"/ports/{port}", other)).Status);
        });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_change_of_kind_and_a_port_at_once_leave_one_kind(int seed) =>
        NetworkWorld.Run(
            async world =>
            {
                var network = await world.NetworkAsync();
                var (a, b) = (await world.GroupAsync("a"), await world.GroupAsync("b"));
                await Task.WhenAll(
                    world.PutAsync($"/security-groups/{a}", Stateless),
                    world.PostAsync("/ports", NetworkWorld.PortBody(network, Groups(a, b)))
                );
                var mixed = await world.CountAsync(
                    "security_groups",
                    "stateful = 0 AND id IN (SELECT security_group_id FROM port_security_groups)"
                );
                Assert.Equal(0, mixed);
            },
            seed
        );

    [Fact]
    public void A_host_is_told_that_a_port_is_stateless() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            await world.SubnetAsync(network, "10.0.0.0/24");
            var quick = (await world.PostAsync("/security-groups", Body("b", "false"))).Id("security_group");
            var port = await world.PortAsync(network, Groups(quick));
            var bound = await world.BindAsync(Ids.Server(1), Ids.Host(1), Ids.Existing(port), Ids.Nic(network));
            Assert.Equal([true, false], bound.Ports.Select(p => p.Stateless));
        });

    private static string Body(string name, string stateful) =>
        NetworkWorld.Item("security_group", NetworkWorld.Pair("name", name), $"\"stateful\":{stateful}");

    private static string Groups(params string[] groups) =>
        $"\"security_groups\":[{string.Join(',', groups.Select(g => $"\"{g}\""))}]";

    private static string Stateful(Seen seen) =>
        seen.Json.GetProperty("security_group").GetProperty("stateful").GetBoolean().ToString();

    private static async Task<IReadOnlyList<string>> ListAsync(NetworkWorld world, string query) =>
        (await world.GetAsync($"/security-groups?{query}")).All("security_groups", "name");
}
