using Pipeline.Testing;

namespace Pipeline.Services.Tests.Network.Qos;

public sealed class QosPoliciesTests
{
    private const string Sdk = """{"policy":{"name":"slow","description":"d","shared":false,"is_default":false}}""";

    [Fact]
    public void The_answers_have_the_documented_shape() =>
        NetworkWorld.Run(async world =>
        {
            var created = await world.PostAsync("/qos/policies", Sdk, "manager");
            Golden.Matches(created.Golden, "network/qos-policies/create.201.json");
            var id = created.Id("policy");
            await world.LimitAsync(id, "\"max_kbps\":1000");
            var changed = await world.PutAsync($"/qos/policies/{id}", """{"policy":{"name":"slower"}}""", "manager");
            Assert.Equal("slower", changed.Text("policy", "name"));
            var list = await world.GetAsync("/qos/policies?name=slower", "reader");
            Golden.Matches(list.Golden, "network/qos-policies/list.200.json");
            var missing = await world.GetAsync($"/qos/policies/{id}", "other");
            Golden.Matches(missing.Golden, "network/qos-policies/show.404.json");
            Assert.Equal(201, (await world.SendAsync("PUT", $"/v2.0/policies/{id}/tags/a", "")).Status);
            Assert.Equal("""["a"]""", (await world.GetAsync($"/qos/policies/{id}")).Text("policy", "tags"));
            var stale = await world.SendAsync(
                "DELETE",
                $"/v2.0/qos/policies/{id}",
                null,
                "manager",
                ifMatch: "revision_number=0"
            );
            Assert.Equal(412, stale.Status);
            Assert.Equal(204, (await world.DeleteAsync($"/qos/policies/{id}", "manager")).Status);
            foreach (var table in (string[])["qos_policies", "qos_bandwidth_limit_rules", "network_tags"])
                Assert.Equal((table, 0), (table, await world.CountAsync(table)));
        });

    [Fact]
    public void Managers_make_policies_for_their_project_and_only_admins_share_them_with_all() =>
        NetworkWorld.Run(async world =>
        {
            Assert.Equal(403, (await world.PostAsync("/qos/policies", Sdk)).Status);
            var shared = Sdk.Replace("\"shared\":false", "\"shared\":true", StringComparison.Ordinal);
            Assert.Equal(
                (403, "PolicyNotAuthorized"),
                (await world.PostAsync("/qos/policies", shared, "manager")).Fault
            );
            Assert.Equal(400, (await world.PostAsync("/qos/policies", """{"policy":{}}""", "manager")).Status);
            Assert.Equal(0, await world.CountAsync("qos_policies"));
            var id = (await world.PostAsync("/qos/policies", shared, "admin")).Id("policy");
            Assert.Equal("True", (await world.GetAsync($"/qos/policies/{id}", "other")).Text("policy", "shared"));
            Assert.Equal([id], (await world.GetAsync("/qos/policies?shared=true", "other")).All("policies", "id"));
        });

    [Fact]
    public void A_project_has_one_default_which_its_new_networks_have_that_name_none() =>
        NetworkWorld.Run(async world =>
        {
            var usual = await world.QosAsync("\"is_default\":true");
            var second = """{"policy":{"name":"b","is_default":true}}""";
            var refused = (409, "QoSPolicyDefaultAlreadyExists");
            Assert.Equal(refused, (await world.PostAsync("/qos/policies", second, "manager")).Fault);
            var other = await world.QosAsync();
            Assert.Equal(refused, (await world.PutAsync($"/qos/policies/{other}", second, "manager")).Fault);
            async Task<string> OfNew(string attributes = "", string token = "member") =>
                (await world.GetAsync($"/networks/{await world.NetworkAsync(attributes, token)}", "admin")).Text(
                    "network",
                    "qos_policy_id"
                );
            Assert.Equal(usual, await OfNew());
            Assert.Equal(other, await OfNew(QosWorld.Named(other)));
            Assert.Equal("", await OfNew(token: "other"));
            const string not = """{"policy":{"is_default":false}}""";
            Assert.Equal(200, (await world.PutAsync($"/qos/policies/{usual}", not, "manager")).Status);
            Assert.Equal("", await OfNew());
            Assert.Equal(200, (await world.PutAsync($"/qos/policies/{other}", second, "manager")).Status);
        });

    [Fact]
    public void What_limits_something_stays_and_says_what_that_is() =>
        NetworkWorld.Run(async world =>
        {
            var policy = await world.QosAsync();
            var network = await world.NetworkAsync(QosWorld.Named(policy));
            var port = await world.PortAsync(network, QosWorld.Named(policy));
            var inUse = await world.DeleteAsync($"/qos/policies/{policy}", "manager");
            Assert.Equal((409, "QosPolicyInUse"), inUse.Fault);
            Assert.Equal($"QoS Policy {policy} is used by network {network}.", inUse.Message);
            await world.PutAsync($"/networks/{network}", """{"network":{"qos_policy_id":null}}""");
            inUse = await world.DeleteAsync($"/qos/policies/{policy}", "manager");
            Assert.Equal($"QoS Policy {policy} is used by port {port}.", inUse.Message);
            await world.PutAsync($"/ports/{port}", """{"port":{"qos_policy_id":null}}""");
            Assert.Equal(204, (await world.DeleteAsync($"/qos/policies/{policy}", "manager")).Status);
        });

    [Fact]
    public void Networks_and_ports_show_what_limits_them() =>
        NetworkWorld.Run(async world =>
        {
            var (wide, own) = (await world.QosAsync(), await world.QosAsync());
            var network = await world.NetworkAsync(QosWorld.Named(wide));
            var port = await world.PortAsync(network, QosWorld.Named(own));
            await world.PortAsync(network);
            var seen = await world.GetAsync($"/ports/{port}");
            Assert.Equal((own, wide), (seen.Text("port", "qos_policy_id"), seen.Text("port", "qos_network_policy_id")));
            Assert.Equal([port], (await world.GetAsync($"/ports?qos_policy_id={own}")).All("ports", "id"));
            Assert.Equal([network], (await world.GetAsync($"/networks?qos_policy_id={wide}")).All("networks", "id"));
            await world.PutAsync($"/ports/{port}", """{"port":{"name":"x"}}""");
            Assert.Equal(own, (await world.GetAsync($"/ports/{port}")).Text("port", "qos_policy_id"));
        });

    [Fact]
    public void Only_what_the_caller_sees_is_named_and_only_what_it_sees_is_taken_away() =>
        NetworkWorld.Run(async world =>
        {
            var hidden = await world.QosAsync(
                NetworkWorld.Pair("project_id", "33333333333333333333333333333333"),
                "admin"
            );
            var network = await world.NetworkAsync();
            var port = await world.PortAsync(network);
            (string Path, string One)[] things = [($"/networks/{network}", "network"), ($"/ports/{port}", "port")];
            foreach (var (path, one) in things)
            {
                var naming = NetworkWorld.Item(one, QosWorld.Named(hidden));
                Assert.Equal((404, "QosPolicyNotFound"), (await world.PutAsync(path, naming)).Fault);
                Assert.Equal(200, (await world.PutAsync(path, naming, "admin")).Status);
                var taking = NetworkWorld.Item(one, "\"qos_policy_id\":null");
                Assert.Equal((403, "PolicyRemoveAuthorizationError"), (await world.PutAsync(path, taking)).Fault);
                Assert.Equal(200, (await world.PutAsync(path, taking, "admin")).Status);
            }
            var body = NetworkWorld.PortBody(network, QosWorld.Named(hidden));
            Assert.Equal((404, "QosPolicyNotFound"), (await world.PostAsync("/ports", body)).Fault);
            Assert.Equal(0, await world.CountAsync("ports", "qos_policy_id IS NOT NULL"));
        });

    [Fact]
    public void A_policy_is_shared_with_a_project_while_nothing_of_it_depends_on_that() =>
        NetworkWorld.Run(async world =>
        {
            var policy = await world.QosAsync();
            var sharing = NetworkWorld.Item(
                "rbac_policy",
                NetworkWorld.Pair("object_type", "qos_policy"),
                NetworkWorld.Pair("object_id", policy),
                NetworkWorld.Pair("action", "access_as_shared"),
                NetworkWorld.Pair("target_tenant", NetworkWorld.Other)
            );
            var shared = (await world.PostAsync("/rbac-policies", sharing)).Id("rbac_policy");
            Assert.Equal(200, (await world.GetAsync($"/qos/policies/{policy}", "other")).Status);
            Assert.Equal(200, (await world.GetAsync(QosWorld.Limits(policy), "other")).Status);
            var changing = await world.PutAsync($"/qos/policies/{policy}", """{"policy":{"name":"x"}}""", "other");
            Assert.Equal(403, changing.Status);
            var network = await world.NetworkAsync(QosWorld.Named(policy), "other");
            Assert.Equal((409, "RbacPolicyInUse"), (await world.DeleteAsync($"/rbac-policies/{shared}")).Fault);
            Assert.Equal(204, (await world.DeleteAsync($"/networks/{network}", "other")).Status);
            Assert.Equal(204, (await world.DeleteAsync($"/rbac-policies/{shared}")).Status);
            Assert.Equal(404, (await world.GetAsync($"/qos/policies/{policy}", "other")).Status);
            const string all = """{"policy":{"shared":true}}""";
            Assert.Equal(403, (await world.PutAsync($"/qos/policies/{policy}", all, "manager")).Status);
            Assert.Equal(200, (await world.PutAsync($"/qos/policies/{policy}", all, "admin")).Status);
            await world.NetworkAsync(QosWorld.Named(policy), "other");
            var none = all.Replace("true", "false", StringComparison.Ordinal);
            Assert.Equal(
                (409, "RbacPolicyInUse"),
                (await world.PutAsync($"/qos/policies/{policy}", none, "admin")).Fault
            );
        });
}
