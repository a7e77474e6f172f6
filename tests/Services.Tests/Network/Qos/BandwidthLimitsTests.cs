using Pipeline.Testing;

namespace Pipeline.Services.Tests.Network.Qos;

public sealed class BandwidthLimitsTests
{
    [Fact]
    public void The_answers_have_the_documented_shape() =>
        NetworkWorld.Run(async world =>
        {
            var policy = await world.QosAsync();
            var created = await world.LimitAsync(policy, "\"max_kbps\":1000,\"max_burst_kbps\":100");
            Golden.Matches(created.Golden, "network/qos-rules/create.201.json");
            var path = $"{QosWorld.Limits(policy)}/{created.Id("bandwidth_limit_rule")}";
            Assert.Equal(created.Body, (await world.GetAsync(path, "reader")).Body);
            const string slower = """{"bandwidth_limit_rule":{"max_kbps":"500"}}""";
            var changed = await world.PutAsync(path, slower, "manager");
            Assert.Equal("500", changed.Text("bandwidth_limit_rule", "max_kbps"));
            var list = await world.GetAsync($"{QosWorld.Limits(policy)}?direction=egress&limit=1");
            Golden.Matches(list.Golden, "network/qos-rules/list.200.json");
            Assert.Equal("2", (await world.GetAsync($"/qos/policies/{policy}")).Text("policy", "revision_number"));
            Assert.Equal(204, (await world.DeleteAsync(path, "manager")).Status);
            Assert.Equal((404, "QosRuleNotFound"), (await world.GetAsync(path)).Fault);
        });

    [Fact]
    public void A_rule_is_found_and_changed_without_its_policy() =>
        NetworkWorld.Run(async world =>
        {
            var policy = await world.QosAsync();
            var rule = (await world.LimitAsync(policy, "\"max_kbps\":1000")).Id("bandwidth_limit_rule");
            var path = $"/qos/alias_bandwidth_limit_rules/{rule}";
            Assert.Equal("1000", (await world.GetAsync(path)).Text("alias_bandwidth_limit_rule", "max_kbps"));
            const string turned = """{"alias_bandwidth_limit_rule":{"direction":"ingress"}}""";
            Assert.Equal(403, (await world.PutAsync(path, turned)).Status);
            var changed = await world.PutAsync(path, turned, "manager");
            Assert.Equal("ingress", changed.Text("alias_bandwidth_limit_rule", "direction"));
            Assert.Equal((404, "QosRuleNotFound"), (await world.GetAsync(path, "other")).Fault);
            Assert.Equal(204, (await world.DeleteAsync(path, "manager")).Status);
            Assert.Equal((404, "QosRuleNotFound"), (await world.GetAsync(path)).Fault);
        });

    [Fact]
    public void A_direction_has_one_rule() =>
        NetworkWorld.Run(async world =>
        {
            var policy = await world.QosAsync();
            var first = (await world.LimitAsync(policy, "\"max_kbps\":1000")).Id("bandwidth_limit_rule");
            var twice = await world.LimitAsync(policy, "\"max_kbps\":2000,\"direction\":\"egress\"");
            Assert.Equal((409, "QoSRulesConflict"), twice.Fault);
            Assert.Contains(first, twice.Message, StringComparison.Ordinal);
            var back = (await world.LimitAsync(policy, "\"max_kbps\":1,\"direction\":\"ingress\"")).Id(
                "bandwidth_limit_rule"
            );
            const string turned = """{"bandwidth_limit_rule":{"direction":"egress"}}""";
            var changed = await world.PutAsync($"{QosWorld.Limits(policy)}/{back}", turned, "manager");
            Assert.Equal((409, "QoSRulesConflict"), changed.Fault);
            Assert.Equal(2, await world.CountAsync("qos_bandwidth_limit_rules"));
        });

    [Fact]
    public void A_rule_that_cannot_be_is_refused_and_nothing_is_written() =>
        NetworkWorld.Run(async world =>
        {
            var policy = await world.QosAsync();
            (string Attributes, string Named)[] cases =
            [
                ("", "max_kbps"),
                ("\"max_kbps\":-1", "max_kbps"),
                ("\"max_kbps\":2147483648", "max_kbps"),
                ("\"max_kbps\":\"fast\"", "max_kbps"),
                ("\"max_kbps\":1,\"max_burst_kbps\":-1", "max_burst_kbps"),
                ("\"max_kbps\":1,\"direction\":\"up\"", "direction"),
                ("\"max_kbps\":1,\"min_kbps\":1", "min_kbps"),
            ];
            foreach (var (attributes, named) in cases)
            {
                var seen = await world.LimitAsync(policy, attributes);
                Assert.Equal((attributes, 400), (attributes, seen.Status));
                Assert.Contains(named, seen.Message, StringComparison.Ordinal);
            }
            Assert.Equal(0, await world.CountAsync("qos_bandwidth_limit_rules"));
            Assert.Equal(403, (await world.LimitAsync(policy, "\"max_kbps\":1", "member")).Status);
            var theirs = await world.QosAsync(NetworkWorld.Pair("project_id", NetworkWorld.Other), "admin");
            Assert.Equal((404, "QosPolicyNotFound"), (await world.LimitAsync(theirs, "\"max_kbps\":1")).Fault);
            Assert.Equal((404, "QosPolicyNotFound"), (await world.GetAsync(QosWorld.Limits(theirs))).Fault);
            var rule = (await world.LimitAsync(policy, "\"max_kbps\":1")).Id("bandwidth_limit_rule");
            var elsewhere = $"{QosWorld.Limits(await world.QosAsync())}/{rule}";
            Assert.Equal((404, "QosRuleNotFound"), (await world.GetAsync(elsewhere)).Fault);
        });

    [Fact]
    public void The_kinds_of_rules_are_those_that_hosts_enforce() =>
        NetworkWorld.Run(async world =>
        {
            const string types = """{"rule_types":[{"type":"bandwidth_limit"}]}""";
            Assert.Equal(types, (await world.GetAsync("/qos/rule-types")).Body);
            await world.ReportAsync(Ids.Host(1));
            var details = await world.GetAsync("/qos/rule-types/bandwidth_limit", "admin");
            Golden.Matches(details.Golden, "network/qos-rule-types/show.200.json");
            await world.ReportAsync(Ids.Host(2), driver: "fake");
            var both = await world.GetAsync("/qos/rule-types/bandwidth_limit", "admin");
            var drivers = both.Json.GetProperty("rule_type").GetProperty("drivers").EnumerateArray();
            Assert.Equal(["linux-bridge", "fake"], drivers.Select(d => d.GetProperty("name").GetString()));
            Assert.Equal(403, (await world.GetAsync("/qos/rule-types/bandwidth_limit")).Status);
            Assert.Equal(404, (await world.GetAsync("/qos/rule-types/dscp_marking", "admin")).Status);
        });
}
