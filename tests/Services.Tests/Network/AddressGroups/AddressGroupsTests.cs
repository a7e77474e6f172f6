using Pipeline.Contracts.Network;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.Network.AddressGroups;

public sealed class AddressGroupsTests
{
    private const string Sdk = """
        {"address_group":{"name":"offices","description":"d","addresses":["10.1.0.0/24","2001:db8::/32","10.1.0.9/32"]}}
        """;

    [Fact]
    public void The_answers_have_the_documented_shape() =>
        NetworkWorld.Run(async world =>
        {
            var created = await world.PostAsync("/address-groups", Sdk);
            Golden.Matches(created.Golden, "network/address-groups/create.201.json");
            var path = $"/address-groups/{created.Id("address_group")}";
            var changed = await world.PutAsync(path, """{"address_group":{"name":"homes"}}""");
            Assert.Equal("homes", changed.Text("address_group", "name"));
            Golden.Matches(
                (await world.GetAsync("/address-groups?name=homes")).Golden,
                "network/address-groups/list.200.json"
            );
            Assert.Equal((404, "AddressGroupNotFound"), (await world.GetAsync(path, "other")).Fault);
            Assert.Equal(204, (await world.DeleteAsync(path)).Status);
            Assert.Equal(0, await world.CountAsync("address_group_addresses"));
        });

    [Fact]
    public void Addresses_come_and_go_each_once() =>
        NetworkWorld.Run(async world =>
        {
            var path = $"/address-groups/{(await world.PostAsync("/address-groups", Sdk)).Id("address_group")}";
            var added = await world.PutAsync($"{path}/add_addresses", """{"addresses":["10.2.0.7/24"]}""");
            Assert.Equal(
                """["10.1.0.0/24","10.1.0.9/32","10.2.0.0/24","2001:db8::/32"]""",
                added.Text("address_group", "addresses")
            );
            var twice = await world.PutAsync(
                $"{path}/add_addresses",
                """{"addresses":["10.2.0.0/24","10.3.0.0/24"]}"""
            );
            Assert.Equal((400, "AddressesAlreadyExist"), twice.Fault);
            var removed = await world.PutAsync(
                $"{path}/remove_addresses",
                """{"addresses":["10.1.0.0/24","10.1.0.9"]}"""
            );
            Assert.Equal("""["10.2.0.0/24","2001:db8::/32"]""", removed.Text("address_group", "addresses"));
            var gone = await world.PutAsync($"{path}/remove_addresses", """{"addresses":["10.1.0.0/24"]}""");
            Assert.Equal((404, "AddressesNotFound"), gone.Fault);
            Assert.Equal(400, (await world.PutAsync($"{path}/add_addresses", """{"addresses":["x"]}""")).Status);
            Assert.Equal(404, (await world.PutAsync($"{path}/add_addresses", "{}", "other")).Status);
        });

    [Fact]
    public void What_a_rule_names_stays_and_only_one_side_is_named() =>
        NetworkWorld.Run(async world =>
        {
            var id = (await world.PostAsync("/address-groups", Sdk)).Id("address_group");
            var group = await world.GroupAsync("g");
            var named = $"\"direction\":\"ingress\",\"remote_address_group_id\":\"{id}\"";
            var rule = await world.RuleAsync(group, named);
            Assert.Equal(id, rule.Text("security_group_rule", "remote_address_group_id"));
            Assert.Equal((409, "SecurityGroupRuleExists"), (await world.RuleAsync(group, named)).Fault);
            var found = await world.GetAsync($"/security-group-rules?remote_address_group_id={id}");
            Assert.Equal([rule.Id("security_group_rule")], found.All("security_group_rules", "id"));
            Assert.Equal((409, "AddressGroupInUse"), (await world.DeleteAsync($"/address-groups/{id}")).Fault);
            var both = await world.RuleAsync(group, $"{named},\"remote_ip_prefix\":\"10.0.0.0/8\"");
            Assert.Equal((400, "SecurityGroupMultipleRemoteEntites"), both.Fault);
            var theirs = (await world.PostAsync("/address-groups", Sdk, "other")).Id("address_group");
            Assert.Equal(
                (404, "AddressGroupNotFound"),
                (await world.RuleAsync(group, named.Replace(id, theirs))).Fault
            );
            await world.DeleteAsync($"/security-group-rules/{rule.Id("security_group_rule")}");
            Assert.Equal(204, (await world.DeleteAsync($"/address-groups/{id}")).Status);
        });

    [Fact]
    public void Hosts_are_told_of_the_addresses_that_their_ports_rules_name() =>
        NetworkWorld.Run(async world =>
        {
            var id = (await world.PostAsync("/address-groups", Sdk)).Id("address_group");
            var network = await world.NetworkAsync();
            await world.SubnetAsync(network, "10.0.0.0/24");
            await world.RunServerAsync(Ids.Server(1), Ids.Host(1), network);
            var group = (await world.GetAsync("/security-groups?name=default")).All("security_groups", "id")[0];
            await world.RuleAsync(group, $"\"direction\":\"ingress\",\"remote_address_group_id\":\"{id}\"");
            Assert.Equal(["10.1.0.0/24", "10.1.0.9/32"], await ToldAsync(world));
            await world.PutAsync($"/address-groups/{id}/add_addresses", """{"addresses":["10.9.0.0/16"]}""");
            Assert.Equal(["10.1.0.0/24", "10.1.0.9/32", "10.9.0.0/16"], await ToldAsync(world));
            await world.PutAsync($"/address-groups/{id}/add_addresses", """{"addresses":["0.0.0.0/0"]}""");
            Assert.Null(await ToldAsync(world));
            const string all = """{"addresses":["10.1.0.0/24","10.1.0.9/32","10.9.0.0/16","0.0.0.0/0"]}""";
            await world.PutAsync($"/address-groups/{id}/remove_addresses", all);
            await world.SettleAsync();
            var order = Assert.Single(await world.Hosts.ArrivedAsync<RefreshPorts>());
            Assert.DoesNotContain(order.Ports[0].Rules, IsIngress); // nobody is in it: nobody is let in
        });

    private static bool IsIngress(Pipeline.Contracts.Drivers.PortRule rule) =>
        rule is { Direction: Pipeline.Contracts.Drivers.RuleDirection.Ingress, EtherType: 4 }
        && rule.Remote?.Contains("10.0.0.3/32") != true;

    /// <summary>The remote side of the rule, as the last order says it.</summary>
    private static async Task<IReadOnlyList<string>?> ToldAsync(NetworkWorld world)
    {
        await world.SettleAsync();
        var order = Assert.Single(await world.Hosts.ArrivedAsync<RefreshPorts>());
        await world.Hosts.AnswerAsync();
        await world.SettleAsync();
        return order.Ports[0].Rules.Single(IsIngress).Remote;
    }
}
