using Pipeline.Testing;

namespace Pipeline.Services.Tests.Network.SecurityGroups;

public sealed class DefaultRulesTests
{
    private const string Rules = "/default-security-group-rules";

    [Fact]
    public void The_answers_have_the_documented_shape() =>
        NetworkWorld.Run(async world =>
        {
            Golden.Matches((await world.GetAsync(Rules)).Golden, "network/default-security-group-rules/list.200.json");
            var ssh = Body(
                "\"direction\":\"ingress\",\"protocol\":\"tcp\",\"port_range_min\":22,\"port_range_max\":22"
            );
            var created = await world.PostAsync(Rules, ssh, "admin");
            Golden.Matches(created.Golden, "network/default-security-group-rules/create.201.json");
            var id = created.Id("default_security_group_rule");
            Assert.Equal(created.Body, (await world.GetAsync($"{Rules}/{id}")).Body);
            Assert.Equal(204, (await world.DeleteAsync($"{Rules}/{id}", "admin")).Status);
            var gone = await world.GetAsync($"{Rules}/{id}");
            Golden.Matches(gone.Golden, "network/default-security-group-rules/show.404.json");
        });

    [Fact]
    public void New_groups_begin_with_the_rules_of_their_kind_and_old_ones_stay_as_they_are() =>
        NetworkWorld.Run(async world =>
        {
            var old = await world.GroupAsync("old");
            await AddAsync(world, "\"direction\":\"ingress\",\"protocol\":\"icmp\",\"description\":\"ping\"");
            await AddAsync(
                world,
                "\"direction\":\"ingress\",\"protocol\":\"udp\",\"remote_group_id\":\"PARENT\",\"used_in_default_sg\":true"
            );
            var group = await world.GroupAsync("new");
            Assert.Equal(["", "", "icmp", "udp"], (await ProtocolsAsync(world, group)).Order());
            Assert.Equal(["", ""], await ProtocolsAsync(world, old));
            var among = await world.GetAsync(
                $"/security-group-rules?security_group_id={group}&remote_group_id={group}"
            );
            Assert.Equal(["udp"], among.All("security_group_rules", "protocol"));
            var ping = await world.GetAsync($"/security-group-rules?security_group_id={group}&description=ping");
            Assert.Single(ping.All("security_group_rules", "id"));
            Assert.Equal(4 + 2 + 4, await world.UsedAsync("security_group_rule"));
            var others = (await world.GetAsync("/security-groups", "other")).All("security_groups", "id")[0];
            Assert.Equal(["", "", "", "", "udp"], (await ProtocolsAsync(world, others, "other")).Order());
            Assert.Equal(5, await world.UsedAsync("security_group_rule", NetworkWorld.Other));
        });

    [Fact]
    public void Without_default_rules_a_new_group_allows_nothing() =>
        NetworkWorld.Run(async world =>
        {
            foreach (var id in (await world.GetAsync(Rules)).All("default_security_group_rules", "id"))
                Assert.Equal(204, (await world.DeleteAsync($"{Rules}/{id}", "admin")).Status);
            Assert.Empty(await ProtocolsAsync(world, await world.GroupAsync("new")));
            Assert.Equal(0, await world.UsedAsync("security_group_rule"));
        });

    [Fact]
    public void The_rules_that_a_group_begins_with_are_counted() =>
        NetworkWorld.Run(async world =>
        {
            await world.GetAsync("/security-groups");
            await AddAsync(world, "\"direction\":\"ingress\",\"protocol\":\"icmp\"");
            var limit = """{"quota":{"security_group_rule":6}}""";
            await world.PutAsync($"/quotas/{NetworkWorld.Project}", limit, "admin");
            var over = await world.PostAsync("/security-groups", """{"security_group":{"name":"b"}}""");
            Assert.Equal((409, "OverQuota"), over.Fault);
            Assert.Equal(1, await world.CountAsync("security_groups"));
        });

    [Fact]
    public void The_same_for_the_same_groups_is_there_once() =>
        NetworkWorld.Run(async world =>
        {
            const string tcp = "\"direction\":\"ingress\",\"protocol\":\"tcp\"";
            await AddAsync(world, tcp);
            var again = await world.PostAsync(Rules, Body("\"direction\":\"ingress\",\"protocol\":\"6\""), "admin");
            Assert.Equal((409, "DefaultSecurityGroupRuleExists"), again.Fault);
            const string elsewhere = ",\"used_in_default_sg\":true,\"used_in_non_default_sg\":false";
            Assert.Equal(201, (await world.PostAsync(Rules, Body(tcp + elsewhere), "admin")).Status);
            const string udp = "{\"direction\":\"ingress\",\"protocol\":\"udp\"}";
            var bulk = await world.PostAsync(Rules, $"{{\"default_security_group_rules\":[{udp},{udp}]}}", "admin");
            Assert.Equal((409, "DuplicateDefaultSgRuleInPost"), bulk.Fault);
            Assert.Equal(6, await world.CountAsync("default_security_group_rules"));
        });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Two_at_once_add_a_rule_once(int seed) =>
        NetworkWorld.Run(
            async world =>
            {
                var body = Body("\"direction\":\"ingress\",\"protocol\":\"tcp\"");
                var both = await Task.WhenAll(
                    world.PostAsync(Rules, body, "admin"),
                    world.PostAsync(Rules, body, "admin")
                );
                Assert.Equal([201, 409], both.Select(b => b.Status).Order());
            },
            seed
        );

    [Fact]
    public void What_is_no_rule_for_every_project_is_refused() =>
        NetworkWorld.Run(async world =>
        {
            var group = await world.GroupAsync("g");
            (string Attributes, int Status)[] refused =
            [
                ("", 400),
                ("\"direction\":\"up\"", 400),
                ("\"direction\":\"ingress\",\"protocol\":\"nothing\"", 400),
                ("\"direction\":\"ingress\",\"port_range_min\":1,\"port_range_max\":2", 400),
                ($"\"direction\":\"ingress\",\"remote_group_id\":\"{group}\"", 400),
                ($"\"direction\":\"ingress\",\"remote_address_group_id\":\"{group}\"", 400),
                ("\"direction\":\"ingress\",\"remote_group_id\":\"PARENT\",\"remote_ip_prefix\":\"10.0.0.0/8\"", 400),
                ("\"direction\":\"ingress\",\"security_group_id\":\"x\"", 400),
            ];
            foreach (var (attributes, status) in refused)
                Assert.Equal(status, (await world.PostAsync(Rules, Body(attributes), "admin")).Status);
            Assert.Equal(4, await world.CountAsync("default_security_group_rules"));
        });

    [Fact]
    public void Only_an_admin_changes_them() =>
        NetworkWorld.Run(async world =>
        {
            var id = (await world.GetAsync(Rules, "reader")).All("default_security_group_rules", "id")[0];
            Assert.Equal(403, (await world.PostAsync(Rules, Body("\"direction\":\"ingress\""))).Status);
            Assert.Equal(403, (await world.DeleteAsync($"{Rules}/{id}")).Status);
            Assert.Equal(404, (await world.DeleteAsync($"{Rules}/none", "admin")).Status);
        });

    [Fact]
    public void They_are_filtered_by_what_they_say() =>
        NetworkWorld.Run(async world =>
        {
            Assert.Equal(4, (await FoundAsync(world, "used_in_default_sg=true")).Count);
            Assert.Equal(2, (await FoundAsync(world, "used_in_non_default_sg=true")).Count);
            Assert.Equal(["ingress", "ingress"], await FoundAsync(world, "remote_group_id=PARENT"));
            Assert.Equal(["egress"], await FoundAsync(world, "direction=egress&ethertype=IPv6"));
        });

    private static async Task<IReadOnlyList<string>> FoundAsync(NetworkWorld world, string query) =>
        (await world.GetAsync($"{Rules}?{query}")).All("default_security_group_rules", "direction");

    private static async Task AddAsync(NetworkWorld world, string attributes) =>
        Assert.Equal(201, (await world.PostAsync(Rules, Body(attributes), "admin")).Status);

    private static async Task<IReadOnlyList<string>> ProtocolsAsync(
        NetworkWorld world,
        string group,
        string token = "member"
    ) =>
        (await world.GetAsync($"/security-group-rules?security_group_id={group}", token)).All(
            "security_group_rules",
            "protocol"
        );

    private static string Body(string attributes) => NetworkWorld.Item("default_security_group_rule", attributes);
}
