using Pipeline.Testing;

namespace Pipeline.Services.Tests.Network.SecurityGroups;

public sealed class SecurityGroupRulesTests
{
    private const string In = "\"direction\":\"ingress\"";

    /// <summary>What is asked, and what the rule then is: ethertype, protocol, range, prefix, normalised prefix.</summary>
    private static readonly (string Attributes, string Rule)[] Accepted =
    [
        ($"{In}", "IPv4 - - - - -"),
        ($"{In},\"protocol\":\"TCP\",\"port_range_min\":22,\"port_range_max\":22", "IPv4 tcp 22 22 - -"),
        ($"{In},\"protocol\":6,\"port_range_min\":\"23\",\"port_range_max\":\"24\"", "IPv4 6 23 24 - -"),
        ($"{In},\"protocol\":\"udp\",\"port_range_min\":1,\"port_range_max\":65535", "IPv4 udp - - - -"),
        ($"{In},\"protocol\":\"icmp\",\"port_range_min\":8,\"port_range_max\":0", "IPv4 icmp 8 0 - -"),
        ($"{In},\"protocol\":\"icmp\",\"port_range_min\":8", "IPv4 icmp 8 - - -"),
        ($"{In},\"protocol\":\"icmp\",\"ethertype\":\"IPv6\"", "IPv6 ipv6-icmp - - - -"),
        ($"{In},\"protocol\":\"1\",\"ethertype\":\"ipv6\",\"port_range_min\":1", "IPv6 58 1 - - -"),
        ($"{In},\"protocol\":\"vrrp\"", "IPv4 vrrp - - - -"),
        ($"{In},\"protocol\":\"ip\"", "IPv4 ip - - - -"),
        ($"{In},\"protocol\":\"sctp\",\"port_range_min\":1,\"port_range_max\":2", "IPv4 sctp 1 2 - -"),
        ($"{In},\"protocol\":\"tcp\",\"remote_ip_prefix\":\"10.0.0.5\"", "IPv4 tcp - - 10.0.0.5/32 10.0.0.5/32"),
        ($"{In},\"protocol\":\"tcp\",\"remote_ip_prefix\":\"10.0.0.5/8\"", "IPv4 tcp - - 10.0.0.5/8 10.0.0.0/8"),
        ($"{In},\"ethertype\":\"IPv6\",\"remote_ip_prefix\":\"fd00::1/64\"", "IPv6 - - - fd00::1/64 fd00::/64"),
        ($"{In},\"ethertype\":\"IPv6\",\"remote_ip_prefix\":\"::/0\",\"protocol\":\"tcp\"", "IPv6 tcp - - ::/0 ::/0"),
        ("\"direction\":\"egress\",\"protocol\":\"tcp\"", "IPv4 tcp - - - -"),
    ];

    private static readonly (string Attributes, int Status, string Type)[] Refused =
    [
        ("\"name\":\"none\"", 400, "HTTPBadRequest"),
        ("\"protocol\":\"tcp\"", 400, "HTTPBadRequest"),
        ("\"direction\":\"sideways\"", 400, "HTTPBadRequest"),
        ($"{In},\"ethertype\":\"bad\"", 400, "SecurityGroupRuleInvalidEtherType"),
        ($"{In},\"ethertype\":null", 400, "SecurityGroupRuleInvalidEtherType"),
        ($"{In},\"protocol\":\"foo\"", 400, "SecurityGroupRuleInvalidProtocol"),
        ($"{In},\"protocol\":\"256\"", 400, "SecurityGroupRuleInvalidProtocol"),
        ($"{In},\"protocol\":\"-1\"", 400, "SecurityGroupRuleInvalidProtocol"),
        ($"{In},\"protocol\":\"\"", 400, "SecurityGroupRuleInvalidProtocol"),
        ($"{In},\"protocol\":\"icmpv6\"", 400, "SecurityGroupEthertypeConflictWithProtocol"),
        ($"{In},\"protocol\":\"ipv6-route\"", 400, "SecurityGroupEthertypeConflictWithProtocol"),
        ($"{In},\"protocol\":\"tcp\",\"port_range_min\":24", 400, "SecurityGroupInvalidPortRange"),
        ($"{In},\"protocol\":\"tcp\",\"port_range_max\":24", 400, "SecurityGroupInvalidPortRange"),
        ($"{In},\"protocol\":\"tcp\",\"port_range_min\":9,\"port_range_max\":8", 400, "SecurityGroupInvalidPortRange"),
        ($"{In},\"protocol\":\"tcp\",\"port_range_min\":0,\"port_range_max\":8", 400, "SecurityGroupInvalidPortValue"),
        (
            $"{In},\"protocol\":\"tcp\",\"port_range_min\":1,\"port_range_max\":70000",
            400,
            "SecurityGroupInvalidPortValue"
        ),
        ($"{In},\"protocol\":\"tcp\",\"port_range_min\":\"a\"", 400, "SecurityGroupInvalidPortValue"),
        ($"{In},\"port_range_min\":1,\"port_range_max\":2", 400, "SecurityGroupProtocolRequiredWithPorts"),
        (
            $"{In},\"protocol\":\"gre\",\"port_range_min\":1,\"port_range_max\":2",
            400,
            "SecurityGroupInvalidProtocolForPort"
        ),
        ($"{In},\"protocol\":\"icmp\",\"port_range_max\":0", 400, "SecurityGroupMissingIcmpType"),
        ($"{In},\"protocol\":\"icmp\",\"port_range_min\":256", 400, "SecurityGroupInvalidIcmpValue"),
        (
            $"{In},\"protocol\":\"icmp\",\"port_range_min\":8,\"port_range_max\":256",
            400,
            "SecurityGroupInvalidIcmpValue"
        ),
        ($"{In},\"remote_ip_prefix\":\"bad\"", 400, "InvalidCIDR"),
        ($"{In},\"remote_ip_prefix\":\"10.0.0.0/40\"", 400, "InvalidCIDR"),
        ($"{In},\"ethertype\":\"IPv6\",\"remote_ip_prefix\":\"fd00::/129\"", 400, "InvalidCIDR"),
        ($"{In},\"remote_ip_prefix\":\"fd00::/64\"", 400, "SecurityGroupRuleParameterConflict"),
        ($"{In},\"ethertype\":\"IPv6\",\"remote_ip_prefix\":\"10.0.0.0/8\"", 400, "SecurityGroupRuleParameterConflict"),
        ($"{In},\"remote_group_id\":\"foo\"", 404, "SecurityGroupNotFound"),
        ($"{In},\"remote_group_id\":\"3e3178ed-592b-47b9-85c2-000000000000\"", 404, "SecurityGroupNotFound"),
        ($"{In},\"remote_address_group_id\":\"3e3178ed-592b-47b9-85c2-000000000000\"", 404, "AddressGroupNotFound"),
    ];

    [Fact]
    public void The_answers_have_the_documented_shape() =>
        NetworkWorld.Run(async world =>
        {
            var group = await world.GroupAsync("g");
            var created = await world.RuleAsync(
                group,
                $"{In},\"protocol\":\"tcp\",\"port_range_min\":22,\"port_range_max\":22,\"remote_ip_prefix\":\"10.0.0.0/8\""
            );
            Golden.Matches(created.Golden, "network/security-group-rules/create.201.json");
            var id = created.Id("security_group_rule");
            Assert.Equal(created.Body, (await world.GetAsync($"/security-group-rules/{id}")).Body);
            var none = await world.GetAsync("/security-group-rules/none");
            Golden.Matches(none.Golden, "network/security-group-rules/show.404.json");
        });

    [Fact]
    public void A_rule_is_kept_in_the_spelling_neutron_keeps() =>
        NetworkWorld.Run(async world =>
        {
            var group = await world.GroupAsync("g");
            foreach (var (attributes, rule) in Accepted)
            {
                var seen = await world.RuleAsync(group, attributes);
                string[] names =
                [
                    "ethertype",
                    "protocol",
                    "port_range_min",
                    "port_range_max",
                    "remote_ip_prefix",
                    "normalized_cidr",
                ];
                var shown = names.Select(n => seen.Text("security_group_rule", n) is { Length: > 0 } text ? text : "-");
                Assert.Equal((attributes, rule), (attributes, string.Join(' ', shown)));
            }
        });

    [Fact]
    public void A_wrong_rule_is_refused_by_its_name_and_writes_nothing() =>
        NetworkWorld.Run(async world =>
        {
            var group = await world.GroupAsync("g");
            var before = await world.UsedAsync("security_group_rule");
            foreach (var (attributes, status, type) in Refused)
            {
                var seen = await world.RuleAsync(group, attributes);
                Assert.Equal((attributes, status, type), (attributes, seen.Fault.Status, seen.Fault.Type));
            }
            var both = $"{In},\"remote_group_id\":\"{group}\",\"remote_ip_prefix\":\"10.0.0.0/8\"";
            Assert.Equal((400, "SecurityGroupMultipleRemoteEntites"), (await world.RuleAsync(group, both)).Fault);
            var missing = await world.RuleAsync("3e3178ed-592b-47b9-85c2-000000000000", In);
            Assert.Equal((404, "SecurityGroupNotFound"), missing.Fault);
            Assert.Equal(before, await world.UsedAsync("security_group_rule"));
        });

    [Fact]
    public void The_same_rule_in_other_words_exists_already() =>
        NetworkWorld.Run(async world =>
        {
            var group = await world.GroupAsync("g");
            (string First, string Again)[] pairs =
            [
                ($"{In},\"protocol\":\"tcp\"", $"{In},\"protocol\":\"6\",\"description\":\"again\""),
                ($"{In},\"protocol\":\"udp\"", $"{In},\"protocol\":\"udp\",\"remote_ip_prefix\":\"0.0.0.0/0\""),
                (
                    $"{In},\"protocol\":\"icmpv6\",\"ethertype\":\"IPv6\"",
                    $"{In},\"protocol\":58,\"ethertype\":\"IPv6\""
                ),
                ($"{In},\"remote_group_id\":\"{group}\"", $"{In},\"remote_group_id\":\"{group}\""),
            ];
            foreach (var (first, again) in pairs)
            {
                var id = (await world.RuleAsync(group, first)).Id("security_group_rule");
                var seen = await world.RuleAsync(group, again);
                Assert.Equal((409, "SecurityGroupRuleExists"), seen.Fault);
                Assert.Equal($"Security group rule already exists. Rule id is {id}.", seen.Message);
            }
        });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Of_the_same_rule_twice_at_once_one_is_made(int seed) =>
        NetworkWorld.Run(
            async world =>
            {
                var group = await world.GroupAsync("g");
                var both = await Task.WhenAll(world.RuleAsync(group, In), world.RuleAsync(group, In));
                Assert.Equal([201, 409], both.Select(s => s.Status).Order());
            },
            seed
        );

    [Fact]
    public void Many_rules_are_made_in_one_group_at_a_time() =>
        NetworkWorld.Run(async world =>
        {
            var (a, b) = (await world.GroupAsync("a"), await world.GroupAsync("b"));
            string Rule(string group, int port) =>
                $"{{\"security_group_id\":\"{group}\",{In},\"protocol\":\"tcp\",\"port_range_min\":{port},\"port_range_max\":{port}}}";
            Task<Seen> SendAsync(params string[] rules) =>
                world.PostAsync("/security-group-rules", $"{{\"security_group_rules\":[{string.Join(',', rules)}]}}");
            Assert.Equal((400, "SecurityGroupNotSingleGroupRules"), (await SendAsync(Rule(a, 1), Rule(b, 1))).Fault);
            Assert.Equal((409, "DuplicateSecurityGroupRuleInPost"), (await SendAsync(Rule(a, 1), Rule(a, 1))).Fault);
            Assert.Equal(201, (await SendAsync(Rule(a, 1), Rule(a, 2))).Status);
        });

    [Fact]
    public void Rules_are_found_and_deleted() =>
        NetworkWorld.Run(async world =>
        {
            var group = await world.GroupAsync("g");
            var id = (await world.RuleAsync(group, $"{In},\"protocol\":\"tcp\"")).Id("security_group_rule");
            var found = await world.GetAsync(
                $"/security-group-rules?security_group_id={group}&direction=ingress&protocol=tcp"
            );
            Assert.Equal([id], found.All("security_group_rules", "id"));
            Assert.Equal(404, (await world.GetAsync($"/security-group-rules/{id}", "other")).Status);
            Assert.Equal(
                (404, "SecurityGroupRuleNotFound"),
                (await world.DeleteAsync($"/security-group-rules/{id}", "other")).Fault
            );
            Assert.Equal(204, (await world.DeleteAsync($"/security-group-rules/{id}")).Status);
            Assert.Equal(
                (404, "SecurityGroupRuleNotFound"),
                (await world.DeleteAsync($"/security-group-rules/{id}")).Fault
            );
            Assert.Equal(4 + 2, await world.UsedAsync("security_group_rule"));
        });
}
