using Pipeline.Testing.Clouds;

namespace Pipeline.Services.Tests.Compute.SecurityGroups;

public sealed class ServerGroupsTests
{
    private const string Groups = "/network/v2.0/security-groups";

    [Fact]
    public void A_server_joins_and_leaves_groups_and_its_host_is_told() =>
        StandingServer.Run(
            async (cloud, server) =>
            {
                var web = await GroupAsync(cloud, "web");
                await RuleAsync(cloud, web, 80);
                (await ActAsync(cloud, server, "addSecurityGroup", "web")).Must(202);
                await cloud.IdleAsync();
                Assert.Equal(["default", "web"], await NamesAsync(cloud, server));
                Assert.True(Opens(cloud, 80));
                (await ActAsync(cloud, server, "addSecurityGroup", "web")).Must(202); // in it already
                (await ActAsync(cloud, server, "removeSecurityGroup", web)).Must(202); // by its id
                await cloud.IdleAsync();
                Assert.Equal(["default"], await NamesAsync(cloud, server));
                Assert.False(Opens(cloud, 80));
                (await ActAsync(cloud, server, "removeSecurityGroup", "web")).Must(404);
            }
        );

    [Fact]
    public void A_stateless_group_does_not_join_stateful_ones() =>
        StandingServer.Run(
            async (cloud, server) =>
            {
                const string quick = """{"security_group":{"name":"quick","stateful":false}}""";
                (await cloud.PostAsync(Groups, quick, cloud.Demo)).Must(201);
                (await ActAsync(cloud, server, "addSecurityGroup", "quick")).Must(409);
                Assert.Equal(["default"], await NamesAsync(cloud, server));
            }
        );

    [Fact]
    public void A_group_that_is_not_there_or_anothers_is_404() =>
        StandingServer.Run(
            async (cloud, server) =>
            {
                var stranger = await cloud.AddUserAsync("stranger");
                var body = """{"security_group":{"name":"theirs"}}""";
                (await cloud.PostAsync(Groups, body, stranger)).Must(201);
                (await ActAsync(cloud, server, "addSecurityGroup", "theirs")).Must(404);
                (await ActAsync(cloud, server, "addSecurityGroup", "none")).Must(404);
                (await ActAsync(cloud, server, "removeSecurityGroup", "none")).Must(404);
                var action = """{"addSecurityGroup":{"name":"theirs"}}""";
                (await cloud.PostAsync($"{server}/action", action, stranger)).Must(404);
            }
        );

    [Fact]
    public void Groups_are_shown_in_Novas_words() =>
        StandingServer.Run(
            async (cloud, server) =>
            {
                var web = await GroupAsync(cloud, "web");
                await RuleAsync(cloud, web, 443);
                var all = (await cloud.GetAsync("/compute/v2.1/os-security-groups", cloud.Demo)).Must(200);
                var names = all.Json.GetProperty("security_groups").EnumerateArray().Select(g => g.GetProperty("name"));
                Assert.Equal(["default", "web"], names.Select(n => n.GetString()));
                var path = $"/compute/v2.1/os-security-groups/{web}";
                var shown = (await cloud.GetAsync(path, cloud.Demo)).Must(200).Json.GetProperty("security_group");
                var rule = Assert.Single(shown.GetProperty("rules").EnumerateArray());
                Assert.Equal(443, rule.GetProperty("from_port").GetInt32());
                Assert.Equal("tcp", rule.GetProperty("ip_protocol").GetString());
                Assert.Equal("""{"cidr":"0.0.0.0/0"}""", rule.GetProperty("ip_range").GetRawText());
                Assert.Equal("{}", rule.GetProperty("group").GetRawText());
                (await cloud.GetAsync("/compute/v2.1/os-security-groups/web", cloud.Demo)).Must(404);
                const string everyone = "/compute/v2.1/os-security-groups?all_tenants=1";
                Assert.Contains(web, (await cloud.GetAsync(everyone, cloud.Admin)).Must(200).Body);
                Assert.DoesNotContain(web, (await cloud.GetAsync(everyone[..^14], cloud.Admin)).Must(200).Body);
                (await cloud.GetAsync(path, await cloud.AddUserAsync("stranger"))).Must(404);
            }
        );

    [Fact]
    public void Groups_and_rules_are_made_and_deleted_through_Nova() =>
        TestCloud.Run(async cloud =>
        {
            const string proxy = "/compute/v2.1/os-security-groups";
            const string rules = "/compute/v2.1/os-security-group-rules";
            var body = """{"security_group":{"name":"web","description":"d"}}""";
            var group = (await cloud.PostAsync(proxy, body, cloud.Demo)).Must(200).Text("security_group", "id");
            var changed = """{"security_group":{"name":" www ","description":"e"}}""";
            var shown = (await cloud.PutAsync($"{proxy}/{group}", changed, cloud.Demo)).Must(200);
            Assert.Equal(" www ", shown.Text("security_group", "name"));
            var ports =
                $$$"""{"security_group_rule":{"parent_group_id":"{{{group}}}","ip_protocol":"tcp","from_port":80,"to_port":81,"cidr":"10.0.0.0/8"}}""";
            var rule = (await cloud.PostAsync(rules, ports, cloud.Demo)).Must(200);
            Assert.Equal("81", rule.Text("security_group_rule", "to_port"));
            Assert.Equal("10.0.0.0/8", rule.Text("security_group_rule", "ip_range", "cidr"));
            (await cloud.PostAsync(rules, ports, cloud.Demo)).Must(400);
            (await cloud.PostAsync(rules, ports.Replace("81", "70", StringComparison.Ordinal), cloud.Demo)).Must(400);
            (await cloud.PostAsync(rules, ports.Replace("tcp", "gre", StringComparison.Ordinal), cloud.Demo)).Must(400);
            (await cloud.DeleteAsync($"{rules}/{rule.Text("security_group_rule", "id")}", cloud.Demo)).Must(202);
            (await cloud.DeleteAsync($"{rules}/{rule.Text("security_group_rule", "id")}", cloud.Demo)).Must(404);
            (await cloud.DeleteAsync($"{proxy}/{group}", await cloud.AddUserAsync("stranger"))).Must(404);
            (await cloud.DeleteAsync($"{proxy}/{group}", cloud.Demo)).Must(202);
            (await cloud.GetAsync($"{Groups}/{group}", cloud.Demo)).Must(404);
        });

    [Fact]
    public void The_default_group_stays_as_it_is() =>
        TestCloud.Run(async cloud =>
        {
            const string proxy = "/compute/v2.1/os-security-groups";
            var first = (await cloud.GetAsync(proxy, cloud.Demo)).Must(200).Json.GetProperty("security_groups")[0];
            var path = $"{proxy}/{first.GetProperty("id")}";
            (await cloud.DeleteAsync(path, cloud.Demo)).Must(400);
            var name = """{"security_group":{"name":"other","description":""}}""";
            (await cloud.PutAsync(path, name, cloud.Demo)).Must(400);
            (await cloud.PostAsync(proxy, """{"security_group":{"name":"default"}}""", cloud.Demo)).Must(400);
            (await cloud.PostAsync(proxy, """{"security_group":{"name":" "}}""", cloud.Demo)).Must(400);
            (await cloud.DeleteAsync($"{proxy}/no-id", cloud.Demo)).Must(400);
        });

    private static async Task<string> GroupAsync(TestCloud cloud, string name) =>
        (await cloud.PostAsync(Groups, $$$"""{"security_group":{"name":"{{{name}}}"}}""", cloud.Demo))
            .Must(201)
            .Text("security_group", "id");

    private static async Task RuleAsync(TestCloud cloud, string group, int port)
    {
        var rule =
            $$$"""{"security_group_rule":{"security_group_id":"{{{group}}}","direction":"ingress","protocol":"tcp","port_range_min":{{{port}}},"port_range_max":{{{port}}}}}""";
        (await cloud.PostAsync("/network/v2.0/security-group-rules", rule, cloud.Demo)).Must(201);
    }

    private static Task<CloudAnswer> ActAsync(TestCloud cloud, string server, string action, string name) =>
        cloud.PostAsync($"{server}/action", $$$"""{"{{{action}}}":{"name":"{{{name}}}"}}""", cloud.Demo);

    private static async Task<IEnumerable<string?>> NamesAsync(TestCloud cloud, string server)
    {
        var listed = (await cloud.GetAsync($"{server}/os-security-groups", cloud.Demo)).Must(200);
        return listed
            .Json.GetProperty("security_groups")
            .EnumerateArray()
            .Select(g => g.GetProperty("name").GetString());
    }

    /// <summary>True when a host's port lets this TCP port in.</summary>
    private static bool Opens(TestCloud cloud, int port) =>
        cloud.Hosts.SelectMany(h => h.Metal.Ports.Values).SelectMany(p => p.Rules).Any(r => r.PortMin == port);
}
