using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Network;
using Pipeline.Durable.Hub;
using Pipeline.Network.Activities;
using Pipeline.Testing.Simulation;

namespace Pipeline.Services.Tests.Network.Hosts;

public sealed class RefreshTests
{
    private static readonly HostId One = Ids.Host(1);
    private static readonly HostId Two = Ids.Host(2);

    [Fact]
    public void A_new_rule_is_one_order_for_each_host_of_the_group() =>
        NetworkWorld.Run(async world =>
        {
            var network = await FilledAsync(world);
            await world.RunServerAsync(Ids.Server(1), One, network);
            await world.RunServerAsync(Ids.Server(2), One, network);
            await world.RunServerAsync(Ids.Server(3), Two, network);
            await QuietAsync(world);
            await world.RuleAsync(await DefaultGroupAsync(world), "\"direction\":\"ingress\",\"protocol\":\"tcp\"");
            await world.SettleAsync();
            var orders = await world.Hosts.ArrivedAsync<RefreshPorts>();
            Assert.Equal([One, Two], orders.Select(o => o.Host).OrderBy(h => h.Value));
            Assert.Equal([1, 2], orders.Select(o => o.Ports.Count).Order());
            Assert.All(orders.SelectMany(o => o.Ports), p => Assert.Contains(p.Rules, r => r.Protocol == 6));
        });

    [Fact]
    public void However_many_changes_come_meanwhile_they_are_one_further_order() =>
        NetworkWorld.Run(async world =>
        {
            var network = await FilledAsync(world);
            await world.RunServerAsync(Ids.Server(1), One, network);
            await QuietAsync(world);
            var group = await DefaultGroupAsync(world);
            for (var port = 1; port <= 10; port++)
            {
                var attributes =
                    $"\"direction\":\"ingress\",\"protocol\":\"tcp\",\"port_range_min\":{port},\"port_range_max\":{port}";
                Assert.Equal(201, (await world.RuleAsync(group, attributes)).Status);
                await world.SettleAsync();
            }
            Assert.Single(await world.Hosts.ArrivedAsync<RefreshPorts>());
            await world.Hosts.AnswerAsync();
            await world.SettleAsync();
            var further = Assert.Single(await world.Hosts.ArrivedAsync<RefreshPorts>());
            Assert.Equal(10, further.Ports[0].Rules.Count(r => r.Protocol == 6));
            await world.Hosts.AnswerAsync();
            await world.SettleAsync();
            Assert.Empty(await world.Hosts.ArrivedAsync());
            Assert.Equal(0, await world.CountAsync("host_refresh", "done <> wanted"));
        });

    [Fact]
    public void A_new_member_is_told_to_those_whose_rules_name_its_group() =>
        NetworkWorld.Run(async world =>
        {
            var network = await FilledAsync(world);
            var (web, db) = (await world.GroupAsync("web"), await world.GroupAsync("db"));
            await world.RuleAsync(db, $"\"direction\":\"ingress\",\"remote_group_id\":\"{web}\"");
            await BindExistingAsync(world, Ids.Server(1), One, network, db);
            await BindExistingAsync(world, Ids.Server(2), Two, network, web);
            await QuietAsync(world);
            var member = await world.PortAsync(network, $"\"security_groups\":[\"{web}\"]");
            await world.SettleAsync();
            var order = Assert.Single(await world.Hosts.ArrivedAsync<RefreshPorts>());
            Assert.Equal(One, order.Host);
            var remote = Assert.Single(order.Ports[0].Rules, r => r.Remote is not null).Remote!;
            Assert.Equal(["10.0.0.4/31"], remote); // the web server's address and the new one are neighbours
            await world.Hosts.AnswerAsync();
            await world.DeleteAsync($"/ports/{member}");
            await world.SettleAsync();
            order = Assert.Single(await world.Hosts.ArrivedAsync<RefreshPorts>());
            Assert.Equal(["10.0.0.4/32"], Assert.Single(order.Ports[0].Rules, r => r.Remote is not null).Remote!);
        });

    [Fact]
    public void What_a_host_has_to_know_of_ports_networks_and_subnets_is_told() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var subnet = await world.SubnetAsync(network, "10.0.0.0/24");
            var port = await world.RunServerAsync(Ids.Server(1), One, network);
            var group = await world.GroupAsync("g");
            (string Path, string Body, bool Told)[] changes =
            [
                ($"/ports/{port}", """{"port":{"name":"x","description":"y"}}""", false),
                ($"/ports/{port}", """{"port":{"admin_state_up":false}}""", true),
                ($"/ports/{port}", $"{{\"port\":{{\"security_groups\":[\"{group}\"]}}}}", true),
                ($"/ports/{port}", """{"port":{"fixed_ips":[{"ip_address":"10.0.0.99"}]}}""", true),
                ($"/ports/{port}", """{"port":{"fixed_ips":[{"ip_address":"10.0.0.99"}]}}""", false),
                ($"/ports/{port}", """{"port":{"port_security_enabled":false,"security_groups":[]}}""", true),
                ($"/subnets/{subnet}", """{"subnet":{"name":"x"}}""", false),
                ($"/subnets/{subnet}", """{"subnet":{"dns_nameservers":["9.9.9.9"]}}""", true),
                ($"/subnets/{subnet}", """{"subnet":{"enable_dhcp":false}}""", true),
                ($"/networks/{network}", """{"network":{"name":"x"}}""", false),
                ($"/networks/{network}", """{"network":{"mtu":1400}}""", true),
                ($"/security-groups/{group}", """{"security_group":{"name":"x"}}""", false),
            ];
            await QuietAsync(world);
            foreach (var (path, body, told) in changes)
            {
                Assert.Equal((body, 200), (body, (await world.PutAsync(path, body)).Status));
                await world.SettleAsync();
                Assert.Equal((body, told ? 1 : 0), (body, (await world.Hosts.ArrivedAsync<RefreshPorts>()).Count));
                await QuietAsync(world);
            }
        });

    [Fact]
    public void What_changes_while_a_port_is_plugged_is_told_when_it_is_there() =>
        NetworkWorld.Run(async world =>
        {
            var network = await FilledAsync(world);
            var bound = await world.BindAsync(Ids.Server(1), One, Ids.Nic(network));
            await world.RuleAsync(await DefaultGroupAsync(world), "\"direction\":\"ingress\",\"protocol\":\"tcp\"");
            await world.SettleAsync();
            Assert.DoesNotContain(bound.Ports[0].Rules, r => r.Protocol == 6);
            Assert.Empty(await world.Hosts.ArrivedAsync());
            await world.ActivateAsync(Ids.Server(1));
            await world.SettleAsync();
            var order = Assert.Single(await world.Hosts.ArrivedAsync<RefreshPorts>());
            Assert.Contains(order.Ports[0].Rules, r => r.Protocol == 6);
        });

    [Fact]
    public void A_member_that_comes_while_a_port_is_plugged_is_told_when_it_is_there() =>
        NetworkWorld.Run(async world =>
        {
            var network = await FilledAsync(world);
            await world.BindAsync(Ids.Server(1), One, Ids.Nic(network));
            await world.PortAsync(network);
            await QuietAsync(world);
            await world.ActivateAsync(Ids.Server(1));
            await world.SettleAsync();
            var order = Assert.Single(await world.Hosts.ArrivedAsync<RefreshPorts>());
            Assert.Contains(order.Ports[0].Rules, r => r.Remote?.Contains("10.0.0.4/32") ?? false);
        });

    [Fact]
    public void A_port_is_not_told_again_what_its_groups_said_before_it_was_bound() =>
        NetworkWorld.Run(async world =>
        {
            var network = await FilledAsync(world);
            await world.RunServerAsync(Ids.Server(1), One, network);
            await QuietAsync(world);
            await world.BindAsync(Ids.Server(2), One, Ids.Nic(network));
            await world.SettleAsync();
            Assert.Single(Assert.Single(await world.Hosts.ArrivedAsync<RefreshPorts>()).Ports); // the first server's
            await world.ActivateAsync(Ids.Server(2));
            await QuietAsync(world);
            Assert.Equal(
                0,
                await world.CountAsync("ports", "stale_version > 0 AND server_id = '" + Ids.Server(2) + "'")
            );
            Assert.Equal(0, await world.CountAsync("group_news", "1 = 1"));
        });

    [Fact]
    public void A_rule_that_comes_while_a_port_is_bound_reaches_it() =>
        NetworkWorld.Run(async world =>
        {
            var network = await FilledAsync(world);
            await world.PortAsync(network);
            var group = await DefaultGroupAsync(world);
            for (var round = 1; round <= 10; round++)
            {
                var rule =
                    $"\"direction\":\"ingress\",\"protocol\":\"tcp\",\"port_range_min\":{round},\"port_range_max\":{round}";
                var ruled = world.RuleAsync(group, rule);
                var bound = await world.BindAsync(Ids.Server(round), One, Ids.Nic(network));
                await ruled;
                await world.ActivateAsync(Ids.Server(round));
                await world.SettleAsync();
                var orders = await world.Hosts.ArrivedAsync<RefreshPorts>();
                var told = orders.SelectMany(o => o.Ports).Concat(bound.Ports).Where(p => p.Id == bound.Ports[0].Id);
                Assert.Contains(told, p => p.Rules.Any(r => r.PortMin == round));
                await QuietAsync(world);
            }
        });

    [Fact]
    public void A_rule_that_comes_while_a_port_joins_its_group_reaches_it() =>
        NetworkWorld.Run(async world =>
        {
            var network = await FilledAsync(world);
            var port = await world.RunServerAsync(Ids.Server(1), One, network);
            for (var round = 1; round <= 5; round++)
            {
                await QuietAsync(world);
                var group = await world.GroupAsync($"g{round}");
                var ruled = world.RuleAsync(group, "\"direction\":\"ingress\",\"protocol\":\"tcp\"");
                var joined = world.PutAsync($"/ports/{port}", $"{{\"port\":{{\"security_groups\":[\"{group}\"]}}}}");
                Assert.Equal((201, 200), ((await ruled).Status, (await joined).Status));
                IReadOnlyList<PortRule> told = [];
                do
                {
                    await world.SettleAsync();
                    foreach (var order in await world.Hosts.ArrivedAsync<RefreshPorts>())
                        told = order.Ports[0].Rules;
                } while (await world.Hosts.AnswerAsync() > 0);
                Assert.Contains(told, r => r.Protocol == 6);
            }
        });

    [Fact]
    public void A_build_tells_its_own_ports_nothing_twice() =>
        NetworkWorld.Run(async world =>
        {
            var network = await FilledAsync(world);
            await world.BindAsync(Ids.Server(1), One, Ids.Nic(network), Ids.Nic(network));
            await world.ActivateAsync(Ids.Server(1));
            await world.SettleAsync();
            Assert.Empty(await world.Hosts.ArrivedAsync());
        });

    [Fact]
    public void A_silent_host_is_told_when_it_is_back() =>
        NetworkWorld.Run(async world =>
        {
            var network = await FilledAsync(world);
            await world.RunServerAsync(Ids.Server(1), One, network);
            await QuietAsync(world);
            await world.RuleAsync(await DefaultGroupAsync(world), "\"direction\":\"ingress\",\"protocol\":\"udp\"");
            await world.PassAsync(TimeSpan.FromMinutes(11));
            Assert.Equal(1, await world.CountAsync("instances", "status = 'Failed'"));
            await world.Hosts.ForgetAsync();
            await world.SweepAsync();
            Assert.Single(await world.Hosts.ArrivedAsync<RefreshPorts>());
            await world.SweepAsync(); // one is under way
            Assert.Single(await world.Hosts.ArrivedAsync<RefreshPorts>());
            await QuietAsync(world);
            Assert.Equal(0, await world.CountAsync("host_refresh", "done <> wanted"));
        });

    [Fact]
    public void A_removed_host_is_told_nothing_any_more() =>
        NetworkWorld.Run(async world =>
        {
            var network = await FilledAsync(world);
            await world.RunServerAsync(Ids.Server(1), One, network);
            await QuietAsync(world);
            await world.RuleAsync(await DefaultGroupAsync(world), "\"direction\":\"ingress\",\"protocol\":\"udp\"");
            await world.PassAsync(TimeSpan.FromMinutes(11));
            world.Hosts.Removed.Add(One);
            await world.Hosts.ForgetAsync();
            await world.SweepAsync();
            Assert.Empty(await world.Hosts.ArrivedAsync());
            Assert.Equal(0, await world.CountAsync("host_refresh", "done <> wanted"));
        });

    [Theory]
    [InlineData(EnginePoint.BeforeStep, nameof(ReadStalePorts))]
    [InlineData(EnginePoint.AfterStep, nameof(ReadStalePorts))]
    [InlineData(EnginePoint.BeforeStep, nameof(AcknowledgeRefresh))]
    [InlineData(EnginePoint.AfterStep, nameof(AcknowledgeRefresh))]
    public void A_change_is_not_lost_when_the_functions_host_dies(EnginePoint point, string step) =>
        NetworkWorld.Run(async world =>
        {
            var network = await FilledAsync(world);
            await world.RunServerAsync(Ids.Server(1), One, network);
            await QuietAsync(world);
            var group = await DefaultGroupAsync(world);
            var dead = false;
            var plan = new FaultPlan(() => dead = true).KillAt(point, step);
            world.Probe = plan.ProbeAsync;
            await world.RuleAsync(group, "\"direction\":\"ingress\",\"protocol\":\"udp\"");
            await world.SettleAsync();
            await world.Hosts.AnswerAsync();
            await world.SettleAsync();
            Assert.True(dead && plan.Reached);
            await world.CrashAsync();
            await QuietAsync(world);
            Assert.Equal(0, await world.CountAsync("host_refresh", "done <> wanted"));
            Assert.Equal(0, await world.CountAsync("instances", "completed_at IS NULL"));
        });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Whatever_the_order_of_things_the_host_ends_with_the_newest_rules(int seed) =>
        NetworkWorld.Run(
            async world =>
            {
                var network = await FilledAsync(world);
                await world.RunServerAsync(Ids.Server(1), One, network);
                await QuietAsync(world);
                var group = await DefaultGroupAsync(world);
                IReadOnlyList<int> told = [];
                var changes = Task.WhenAll(
                    Enumerable
                        .Range(1, 6)
                        .Select(p =>
                            world.RuleAsync(
                                group,
                                $"\"direction\":\"ingress\",\"protocol\":\"tcp\",\"port_range_min\":{p},\"port_range_max\":{p}"
                            )
                        )
                );
                for (var round = 0; round < 10; round++)
                {
                    await world.PassAsync(TimeSpan.FromMilliseconds(1));
                    foreach (var order in await world.Hosts.ArrivedAsync<RefreshPorts>())
                        told = [.. order.Ports[0].Rules.Where(r => r.Protocol == 6).Select(r => r.PortMin!.Value)];
                    await world.Hosts.AnswerAsync();
                }
                await changes;
                Assert.Equal([1, 2, 3, 4, 5, 6], told.Order());
            },
            seed
        );

    private static async Task<string> FilledAsync(NetworkWorld world)
    {
        var network = await world.NetworkAsync();
        await world.SubnetAsync(network, "10.0.0.0/24");
        return network;
    }

    private static async Task<string> DefaultGroupAsync(NetworkWorld world) =>
        (await world.GetAsync("/security-groups?name=default")).All("security_groups", "id")[0];

    private static async Task BindExistingAsync(
        NetworkWorld world,
        ServerId server,
        HostId host,
        string network,
        string group
    )
    {
        var port = await world.PortAsync(network, $"\"security_groups\":[\"{group}\"]");
        await world.BindAsync(server, host, Ids.Existing(port));
        await world.ActivateAsync(server);
    }

    /// <summary>Answers until nothing is left to tell.</summary>
    private static async Task QuietAsync(NetworkWorld world)
    {
        do await world.SettleAsync();
        while (await world.Hosts.AnswerAsync() > 0);
    }
}
