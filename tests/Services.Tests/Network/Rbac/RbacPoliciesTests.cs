using Pipeline.Testing;

namespace Pipeline.Services.Tests.Network.Rbac;

public sealed class RbacPoliciesTests
{
    private const string Shared = "access_as_shared";

    [Fact]
    public void The_answers_have_the_documented_shape() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var created = await ShareAsync(world, "network", network);
            Golden.Matches(created.Golden, "network/rbac-policies/create.201.json");
            Golden.Matches((await world.GetAsync("/rbac-policies")).Golden, "network/rbac-policies/list.200.json");
            var path = $"/rbac-policies/{created.Id("rbac_policy")}";
            Assert.Equal(created.Body, (await world.GetAsync(path)).Body);
            Assert.Equal((404, "RbacPolicyNotFound"), (await world.GetAsync(path, "other")).Fault);
            Assert.Equal((409, "DuplicateRbacPolicy"), (await ShareAsync(world, "network", network)).Fault);
            Assert.Equal(1, await world.UsedAsync("rbac_policy"));
            Assert.Equal(204, (await world.DeleteAsync(path)).Status);
            Assert.Equal(0, await world.UsedAsync("rbac_policy"));
        });

    [Fact]
    public void A_policy_that_may_not_be_is_refused_and_nothing_written() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var (foreign, open) = (
                await world.NetworkAsync(token: "other"),
                await world.NetworkAsync("\"shared\":true", "admin")
            );
            const string nothing = "00000000-0000-0000-0000-000000000009";
            (string Type, string Id, string Target, string Action, int Status, string Fault)[] cases =
            [
                ("router", network, NetworkWorld.Other, Shared, 400, "InvalidInput"),
                ("network", network, NetworkWorld.Other, "access_as_x", 400, "InvalidActionForType"),
                ("subnetpool", network, NetworkWorld.Other, "access_as_external", 400, "InvalidActionForType"),
                ("network", nothing, NetworkWorld.Other, Shared, 404, "ObjectNotFound"),
                ("network", foreign, NetworkWorld.Other, Shared, 404, "ObjectNotFound"),
                ("network", network, "*", Shared, 403, "PolicyNotAuthorized"),
                ("network", network, NetworkWorld.Other, "access_as_external", 403, "PolicyNotAuthorized"),
                ("network", network, "no project", Shared, 400, "HTTPBadRequest"),
            ];
            foreach (var (type, id, target, action, status, fault) in cases)
            {
                var seen = await ShareAsync(world, type, id, target, action);
                Assert.Equal((type, action, status, fault), (type, action, seen.Fault.Status, seen.Fault.Type));
            }
            var theirs = await ShareAsync(world, "network", open, NetworkWorld.Project, token: "other");
            Assert.Equal((400, "InvalidInput"), theirs.Fault);
            Assert.Equal(1, await world.CountAsync("rbac_policies"));
        });

    [Fact]
    public void A_network_is_seen_and_used_by_whom_it_is_shared_with_and_by_nobody_else() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var subnet = await world.SubnetAsync(network, "10.0.0.0/24");
            await SeenAsync(world, network, subnet, 404);
            var policy = (await ShareAsync(world, "network", network)).Id("rbac_policy");
            await SeenAsync(world, network, subnet, 200);
            Assert.Equal("False", (await world.GetAsync($"/networks/{network}")).Text("network", "shared"));
            Assert.Equal("True", (await world.GetAsync($"/networks/{network}", "other")).Text("network", "shared"));
            Assert.Equal([network], (await world.GetAsync("/networks?shared=true", "other")).All("networks", "id"));
            Assert.Equal(
                (403, "PolicyNotAuthorized"),
                (await world.DeleteAsync($"/networks/{network}", "other")).Fault
            );
            var port = await world.PortAsync(network, token: "other");
            Assert.Equal((409, "InvalidSharedSetting"), (await world.DeleteAsync($"/rbac-policies/{policy}")).Fault);
            var moved = await world.PutAsync($"/rbac-policies/{policy}", Target("33333333333333333333333333333333"));
            Assert.Equal((409, "InvalidSharedSetting"), moved.Fault);
            Assert.Equal(204, (await world.DeleteAsync($"/ports/{port}", "other")).Status);
            Assert.Equal(204, (await world.DeleteAsync($"/rbac-policies/{policy}")).Status);
            await SeenAsync(world, network, subnet, 404);
        });

    [Fact]
    public void What_is_shared_with_all_has_a_policy_and_goes_with_it() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync("\"shared\":true,\"router:external\":true", "admin");
            var policies = await world.GetAsync($"/rbac-policies?object_id={network}", "admin");
            Assert.Equal(["access_as_external", Shared], policies.All("rbac_policies", "action").Order());
            Assert.Equal(["*", "*"], policies.All("rbac_policies", "target_tenant"));
            foreach (var id in policies.All("rbac_policies", "id"))
                Assert.Equal(204, (await world.DeleteAsync($"/rbac-policies/{id}", "admin")).Status);
            var seen = await world.GetAsync($"/networks/{network}", "admin");
            Assert.Equal(("False", "False"), (seen.Text("network", "shared"), seen.Text("network", "router:external")));
            Assert.Equal(404, (await world.GetAsync($"/networks/{network}", "other")).Status);
            Assert.Equal(201, (await ShareAsync(world, "network", network, "*", token: "admin")).Status);
            Assert.Equal("True", (await world.GetAsync($"/networks/{network}", "other")).Text("network", "shared"));
            await world.PutAsync($"/networks/{network}", """{"network":{"shared":false}}""", "admin");
            Assert.Equal(0, await world.CountAsync("rbac_policies"));
        });

    [Fact]
    public void An_external_network_may_be_some_projects_alone() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var made = await ShareAsync(world, "network", network, NetworkWorld.Other, "access_as_external", "admin");
            Assert.Equal(201, made.Status);
            Assert.Equal(
                "True",
                (await world.GetAsync($"/networks/{network}", "other")).Text("network", "router:external")
            );
            var port = await world.PostAsync("/ports", NetworkWorld.PortBody(network), "other");
            Assert.Equal((403, "HTTPForbidden"), port.Fault); // it is seen, not shared
            await world.PutAsync($"/networks/{network}", """{"network":{"name":"renamed"}}""");
            Assert.Equal(1, await world.CountAsync("rbac_policies"));
            await world.PutAsync($"/networks/{network}", """{"network":{"router:external":false}}""", "admin");
            Assert.Equal(404, (await world.GetAsync($"/networks/{network}", "other")).Status);
        });

    [Fact]
    public void An_external_network_stays_so_while_something_leads_out_by_it() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync("\"router:external\":true", "admin");
            var gateway = NetworkWorld.PortBody(network, "\"device_owner\":\"network:router_gateway\"");
            var port = (await world.PostAsync("/ports", gateway, "admin")).Id("port");
            const string inside = """{"network":{"router:external":false}}""";
            var refused = await world.PutAsync($"/networks/{network}", inside, "admin");
            Assert.Equal((409, "ExternalNetworkInUse"), refused.Fault);
            var policy = (await world.GetAsync("/rbac-policies", "admin")).All("rbac_policies", "id")[0];
            Assert.Equal(
                (409, "RbacPolicyInUse"),
                (await world.DeleteAsync($"/rbac-policies/{policy}", "admin")).Fault
            );
            await world.Db.WriteAsync(async tx =>
                await tx.ExecuteAsync("DELETE FROM ports WHERE id = @port", new { port })
            );
            Assert.Equal(200, (await world.PutAsync($"/networks/{network}", inside, "admin")).Status);
            Assert.Equal(0, await world.CountAsync("rbac_policies"));
        });

    [Fact]
    public void A_security_group_is_used_by_whom_it_is_shared_with() =>
        NetworkWorld.Run(async world =>
        {
            var group = await world.GroupAsync("g");
            var network = await world.NetworkAsync(token: "other");
            var body = NetworkWorld.PortBody(network, $"\"security_groups\":[\"{group}\"]");
            Assert.Equal((404, "SecurityGroupNotFound"), (await world.PostAsync("/ports", body, "other")).Fault);
            var policy = (await ShareAsync(world, "security_group", group)).Id("rbac_policy");
            Assert.Equal(
                "True",
                (await world.GetAsync($"/security-groups/{group}", "other")).Text("security_group", "shared")
            );
            var port = (await world.PostAsync("/ports", body, "other")).Id("port");
            var rule = await world.RuleAsync(group, "\"direction\":\"ingress\"", "other");
            Assert.Equal((403, "PolicyNotAuthorized"), rule.Fault);
            Assert.Equal(403, (await world.DeleteAsync($"/security-groups/{group}", "other")).Status);
            Assert.Equal(403, (await world.PutAsync($"/security-groups/{group}/tags/x", "", "other")).Status);
            Assert.Equal((409, "RbacPolicyInUse"), (await world.DeleteAsync($"/rbac-policies/{policy}")).Fault);
            await world.DeleteAsync($"/ports/{port}", "other");
            Assert.Equal(204, (await world.DeleteAsync($"/security-groups/{group}")).Status);
            Assert.Equal(0, await world.CountAsync("rbac_policies"));
        });

    [Fact]
    public void Pools_scopes_and_address_groups_are_used_by_whom_they_are_shared_with() =>
        NetworkWorld.Run(async world =>
        {
            var scope = (
                await world.PostAsync("/address-scopes", """{"address_scope":{"name":"s","ip_version":4}}""")
            ).Id("address_scope");
            var pool = (
                await world.PostAsync(
                    "/subnetpools",
                    $$$"""{"subnetpool":{"name":"p","prefixes":["10.0.0.0/16"],"default_prefixlen":24,"address_scope_id":"{{{scope}}}"}}"""
                )
            ).Id("subnetpool");
            Assert.Equal((400, "RbacPolicyInitError"), (await ShareAsync(world, "subnetpool", pool)).Fault);
            var scoped = (await ShareAsync(world, "address_scope", scope)).Id("rbac_policy");
            var policy = (await ShareAsync(world, "subnetpool", pool)).Id("rbac_policy");
            Assert.Equal([pool], (await world.GetAsync("/subnetpools", "other")).All("subnetpools", "id"));
            Assert.Equal([scope], (await world.GetAsync("/address-scopes", "other")).All("address_scopes", "id"));
            var network = await world.NetworkAsync(token: "other");
            var cut = $$$"""{"subnet":{"network_id":"{{{network}}}","ip_version":4,"subnetpool_id":"{{{pool}}}"}}""";
            Assert.Equal(201, (await world.PostAsync("/subnets", cut, "other")).Status);
            Assert.Equal((409, "RbacPolicyInUse"), (await world.DeleteAsync($"/rbac-policies/{policy}")).Fault);
            Assert.Equal(204, (await world.DeleteAsync($"/rbac-policies/{scoped}")).Status);
            var addresses = (await world.PostAsync("/address-groups", """{"address_group":{"name":"a"}}""")).Id(
                "address_group"
            );
            var shared = (await ShareAsync(world, "address_group", addresses)).Id("rbac_policy");
            Assert.Equal([addresses], (await world.GetAsync("/address-groups", "other")).All("address_groups", "id"));
            var group = (await world.PostAsync("/security-groups", """{"security_group":{"name":"g"}}""", "other")).Id(
                "security_group"
            );
            var named = await world.RuleAsync(
                group,
                $"\"direction\":\"ingress\",\"remote_address_group_id\":\"{addresses}\"",
                "other"
            );
            Assert.Equal(201, named.Status);
            Assert.Equal((409, "RbacPolicyInUse"), (await world.DeleteAsync($"/rbac-policies/{shared}")).Fault);
        });

    [Fact]
    public void A_project_has_as_many_policies_as_its_quota_says() =>
        NetworkWorld.Run(async world =>
        {
            await world.PutAsync($"/quotas/{NetworkWorld.Project}", """{"quota":{"rbac_policy":1}}""", "admin");
            var network = await world.NetworkAsync();
            Assert.Equal(201, (await ShareAsync(world, "network", network)).Status);
            var second = await ShareAsync(world, "network", network, "33333333333333333333333333333333");
            Assert.Equal((409, "OverQuota"), second.Fault);
        });

    private static async Task SeenAsync(NetworkWorld world, string network, string subnet, int status)
    {
        Assert.Equal(status, (await world.GetAsync($"/networks/{network}", "other")).Status);
        Assert.Equal(status, (await world.GetAsync($"/subnets/{subnet}", "other")).Status);
        var count = status == 200 ? 1 : 0;
        Assert.Equal(count, (await world.GetAsync("/networks", "other")).All("networks", "id").Count);
        Assert.Equal(count, (await world.GetAsync("/subnets?shared=true", "other")).All("subnets", "id").Count);
        var port = await world.PostAsync("/ports", NetworkWorld.PortBody(network), "other");
        Assert.Equal(status == 200 ? 201 : 404, port.Status);
        if (port.Status == 201)
            await world.DeleteAsync($"/ports/{port.Id("port")}", "other");
    }

    private static string Target(string project) =>
        NetworkWorld.Item("rbac_policy", NetworkWorld.Pair("target_tenant", project));

    private static Task<Seen> ShareAsync(
        NetworkWorld world,
        string type,
        string id,
        string target = NetworkWorld.Other,
        string action = Shared,
        string token = "member"
    ) =>
        world.PostAsync(
            "/rbac-policies",
            NetworkWorld.Item(
                "rbac_policy",
                NetworkWorld.Pair("object_type", type),
                NetworkWorld.Pair("object_id", id),
                NetworkWorld.Pair("target_tenant", target),
                NetworkWorld.Pair("action", action)
            ),
            token
        );
}
