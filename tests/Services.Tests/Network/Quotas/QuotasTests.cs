using Pipeline.Testing;

namespace Pipeline.Services.Tests.Network.Quotas;

public sealed class QuotasTests
{
    private const string Mine = $"/quotas/{NetworkWorld.Project}";

    [Fact]
    public void The_answers_have_the_documented_shape() =>
        NetworkWorld.Run(async world =>
        {
            await world.NetworkAsync();
            Golden.Matches((await world.GetAsync(Mine)).Golden, "network/quotas/show.200.json");
            Golden.Matches((await world.GetAsync($"{Mine}/details")).Golden, "network/quotas/details.200.json");
            Golden.Matches((await world.GetAsync($"{Mine}/default")).Golden, "network/quotas/default.200.json");
            Golden.Matches((await world.GetAsync("/quotas/tenant")).Golden, "network/quotas/tenant.200.json");
            await world.PutAsync(Mine, """{"quota":{"network":3}}""", "admin");
            Golden.Matches((await world.GetAsync("/quotas", "admin")).Golden, "network/quotas/list.200.json");
            Assert.Equal(
                (await world.GetAsync($"{Mine}/details")).Body,
                (await world.GetAsync($"{Mine}/details.json")).Body
            );
        });

    [Fact]
    public void Limits_are_set_and_withdrawn_by_admins() =>
        NetworkWorld.Run(async world =>
        {
            Assert.Equal(403, (await world.PutAsync(Mine, """{"quota":{"network":3}}""")).Status);
            Assert.Equal(403, (await world.DeleteAsync(Mine)).Status);
            Assert.Equal(404, (await world.DeleteAsync(Mine, "admin")).Status);
            var set = await world.PutAsync(Mine, """{"quota":{"network":"3","port":-1}}""", "admin");
            Assert.Equal(
                ("3", "-1", "100"),
                (set.Text("quota", "network"), set.Text("quota", "port"), set.Text("quota", "subnet"))
            );
            Assert.Equal(204, (await world.DeleteAsync(Mine, "admin")).Status);
            Assert.Equal("100", (await world.GetAsync(Mine)).Text("quota", "network"));
        });

    [Fact]
    public void A_wrong_limit_is_refused() =>
        NetworkWorld.Run(async world =>
        {
            foreach (
                var quota in new[]
                {
                    "\"network\":-2",
                    "\"network\":\"a\"",
                    "\"foo\":1",
                    "\"network\":2147483648",
                    "\"network\":null",
                }
            )
                Assert.Equal(
                    (quota, 400),
                    (quota, (await world.PutAsync(Mine, $"{{\"quota\":{{{quota}}}}}", "admin")).Status)
                );
            Assert.Equal(400, (await world.PutAsync(Mine, "{}", "admin")).Status);
        });

    [Fact]
    public void A_limit_under_what_is_used_is_refused_where_that_is_asked_for() =>
        NetworkWorld.Run(async world =>
        {
            await world.NetworkAsync();
            await world.NetworkAsync();
            var check = await world.PutAsync(Mine, """{"quota":{"network":1,"check_limit":true}}""", "admin");
            Assert.Equal(400, check.Status);
            Assert.Equal(200, (await world.PutAsync(Mine, """{"quota":{"network":1}}""", "admin")).Status);
            var over = await world.PostAsync("/networks", """{"network":{}}""");
            Assert.Equal(
                ((409, "OverQuota"), "Quota exceeded for resources: ['network']."),
                (over.Fault, over.Message)
            );
        });

    [Fact]
    public void Anothers_quota_is_an_admins_to_see() =>
        NetworkWorld.Run(async world =>
        {
            foreach (var path in new[] { Mine, $"{Mine}/details", $"{Mine}/default" })
            {
                Assert.Equal((403, "PolicyNotAuthorized"), (await world.GetAsync(path, "other")).Fault);
                Assert.Equal(200, (await world.GetAsync(path, "reader")).Status);
                Assert.Equal(200, (await world.GetAsync(path, "admin")).Status);
            }
            Assert.Equal(403, (await world.GetAsync("/quotas")).Status);
        });

    [Fact]
    public void Usage_is_what_the_rows_say_whatever_was_done() =>
        NetworkWorld.Run(async world =>
        {
            for (var round = 0; round < 3; round++)
                await UseAsync(world, round);
            (string Resource, string Table, string Live)[] resources =
            [
                ("network", "networks", "deleted_at IS NULL"),
                ("subnet", "subnets", "1 = 1"),
                ("port", "ports", "deleted_at IS NULL"),
                ("subnetpool", "subnet_pools", "1 = 1"),
                ("rbac_policy", "rbac_policies", "1 = 1"),
                ("trunk", "trunks", "1 = 1"),
                ("security_group", "security_groups", "1 = 1"),
                ("security_group_rule", "security_group_rules", "1 = 1"),
            ];
            foreach (var project in new[] { NetworkWorld.Project, NetworkWorld.Other })
            foreach (var (resource, table, live) in resources)
                Assert.Equal(
                    (resource, await world.CountAsync(table, $"project_id = '{project}' AND {live}")),
                    (resource, await world.UsedAsync(resource, project))
                );
        });

    /// <summary>A bit of everything, some of it undone, some left.</summary>
    private static async Task UseAsync(NetworkWorld world, int round)
    {
        var token = round == 1 ? "other" : "member";
        var network = await world.NetworkAsync("\"shared\":true", "admin");
        var subnet = await world.SubnetAsync(network, "10.0.0.0/24");
        await world.SubnetAsync(network, "10.0.1.0/24");
        await world.DeleteAsync($"/subnets/{subnet}");
        await world.DeleteAsync($"/ports/{await world.PortAsync(network, token: token)}");
        await world.PortAsync(network, token: token);
        var group = await world.GroupAsync($"g{round}");
        await world.RuleAsync(group, "\"direction\":\"ingress\"");
        if (round == 0)
            await world.DeleteAsync($"/security-groups/{group}");
        var server = Ids.Server(round + 1);
        var port = await world.RunServerAsync(server, Ids.Host(1), network);
        if (round == 1)
            await world.UnbindAsync(server);
        else
            await world.DeleteAsync($"/ports/{port}");
        await world.DeleteAsync($"/networks/{await world.NetworkAsync()}");
    }
}
