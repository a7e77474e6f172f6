using System.Text.Json;
using Pipeline.Testing;
using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>All that a project owns goes at one word, whether or not the project is still there; nothing else does.</summary>
public sealed class A_project_is_emptied
{
    [Fact]
    public void Everything_it_owns_goes_and_the_plan_said_what() =>
        TestCloud.Run(async cloud =>
        {
            var before = await cloud.ResourcesAsync();
            var project = await FillAsync(cloud);
            var plan = (await cloud.PostAsync($"{PathOf(project)}?plan=true", "", cloud.Admin)).Must(200);
            Assert.Equal(
                [
                    "server 1",
                    "floatingip 2",
                    "router 1",
                    "trunk 1",
                    "port 3",
                    "security-group 2",
                    "address-group 1",
                    "subnet 2",
                    "subnet-pool 1",
                    "address-scope 1",
                    "network 2",
                    "qos-policy 1",
                    "rbac-policy 2",
                    "image 1",
                    "application_credential 1",
                    "credential 1",
                    "limit 1",
                ],
                plan.Json.GetProperty("plan")
                    .GetProperty("holdings")
                    .EnumerateArray()
                    .Select(k => $"{k.GetProperty("kind")} {k.GetProperty("count")}")
            );
            Assert.Equal(1, await CountAsync(cloud, "servers"));
            var state = await PurgeAsync(cloud, project);
            Assert.Equal("Completed", state.Text("runtimeStatus"));
            foreach (var table in Owned)
                Assert.Equal((table, 0), (table, await CountAsync(cloud, $"{table} WHERE project_id = '{project}'")));
            Assert.Equal(before.ToString(), (await cloud.ResourcesAsync()).ToString());
            var record = "audit WHERE rule = 'identity:purge_project' AND user_id IS NOT NULL AND target LIKE";
            Assert.Equal(1, await CountAsync(cloud, $"{record} 'server/%'"));
            Assert.Equal(1, await CountAsync(cloud, $"{record} 'image/%'"));
            Assert.Equal(200, (await cloud.GetAsync($"/v3/projects/{project}", cloud.Admin)).Status);
        });

    [Fact]
    public void What_a_deleted_project_left_is_listed_until_it_is_emptied() =>
        TestCloud.Run(async cloud =>
        {
            var project = await FillAsync(cloud);
            (await cloud.DeleteAsync($"/v3/projects/{project}", cloud.Admin)).Must(204);
            var listed = Assert.Single(await OwnerlessAsync(cloud));
            Assert.Equal(project, listed.GetProperty("project_id").GetString());
            Assert.Equal("demo", listed.GetProperty("name").GetString());
            Assert.Equal(1, listed.GetProperty("holdings").GetProperty("server").GetInt64());
            Assert.Equal("Completed", (await PurgeAsync(cloud, project)).Text("runtimeStatus"));
            Assert.Empty(await OwnerlessAsync(cloud));
            Assert.Equal(404, (await cloud.PostAsync(PathOf(project), "", cloud.Admin)).Status);
        });

    [Fact]
    public void What_is_in_the_way_is_shown_and_a_cancel_ends_the_wait() =>
        TestCloud.Run(async cloud =>
        {
            await cloud.FurnishAsync();
            var share = """{"network": {"shared": true}}""";
            (await cloud.PutAsync($"/network/v2.0/networks/{cloud.Network}", share, cloud.Admin)).Must(200);
            var guest = await cloud.AddUserAsync("guest");
            var port = $$$"""{"port": {"network_id": "{{{cloud.Network}}}"} }""";
            var id = (await cloud.PostAsync("/network/v2.0/ports", port, guest)).Must(201).Text("port", "id");
            var project = await ProjectAsync(cloud);
            var begun = (await cloud.PostAsync(PathOf(project), "", cloud.Admin)).Must(202);
            Assert.Equal(409, (await cloud.PostAsync(PathOf(project), "", cloud.Admin)).Status);
            await cloud.PassAsync(TimeSpan.FromMinutes(5));
            var status = await StateAsync(cloud, begun);
            Assert.Contains(id, status.Json.GetProperty("customStatus").ToString(), StringComparison.Ordinal);
            (await cloud.DeleteAsync(PathOf(project), cloud.Admin)).Must(202);
            Assert.Equal(1, await CountAsync(cloud, "audit WHERE rule = 'identity:cancel_purge'"));
            await cloud.IdleAsync();
            Assert.NotEqual("Completed", (await StateAsync(cloud, begun)).Must(200).Text("runtimeStatus"));
            Assert.Equal(404, (await cloud.DeleteAsync(PathOf(project), cloud.Admin)).Status);
            begun = (await cloud.PostAsync(PathOf(project), "", cloud.Admin)).Must(202);
            await cloud.PassAsync(TimeSpan.FromHours(2)); // a generation's history is full, and the next goes on
            (await cloud.DeleteAsync($"/network/v2.0/ports/{id}", guest)).Must(204);
            await cloud.IdleAsync();
            Assert.Equal("Completed", (await StateAsync(cloud, begun)).Must(200).Text("runtimeStatus"));
            Assert.Equal(0, await CountAsync(cloud, $"networks WHERE project_id = '{project}'"));
        });

    [Fact]
    public void Only_operators_empty_projects() =>
        TestCloud.Run(async cloud =>
        {
            var project = await ProjectAsync(cloud);
            Assert.Equal(403, (await cloud.PostAsync(PathOf(project), "", cloud.Demo)).Status);
            Assert.Equal(403, (await cloud.GetAsync("/v3/ownerless", cloud.Demo)).Status);
            var unknown = new string('0', 32);
            Assert.Equal(404, (await cloud.PostAsync(PathOf(unknown), "", cloud.Admin)).Status);
            Assert.Equal(404, (await cloud.PostAsync($"{PathOf("x")}?plan=true", "", cloud.Admin)).Status);
        });

    /// <summary>A new table with a project's rows is one of these, or one of the others with its reason.</summary>
    [Fact]
    public void Every_table_that_names_a_project_is_emptied_or_says_why_not() =>
        TestCloud.Run(async cloud =>
        {
            if (TestDatabases.OnPostgres)
                return; // the tables are the same
            var tables = await cloud.Store.ReadAsync(tx =>
                tx.ListAsync<string>(
                    """
                    SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
                    WHERE m.type = 'table' AND c.name = 'project_id' ORDER BY m.name
                    """
                )
            );
            Assert.Equal([.. Owned.Concat(Kept.Keys).Order(StringComparer.Ordinal)], tables);
        });

    private static readonly Dictionary<string, string> Kept = new()
    {
        ["allocations"] = "a place on a host goes with its server",
        ["audit"] = "what was done stays",
        ["audit_chains"] = "what was done stays",
        ["auto_allocated_topologies"] = "it goes with its network",
        ["flavor_projects"] = "an operator's word about a flavor",
        ["idempotency"] = "forgotten by its age",
        ["identity_changes"] = "forgotten by its age",
        ["instances"] = "histories are forgotten by their age",
        ["security_group_rules"] = "a rule goes with its group",
        ["server_actions"] = "an action goes with its server",
        ["server_volumes"] = "a server lets go of its volumes with its end",
        ["volume_attachments"] = "an attachment ends before its volume, or with its server",
        ["volume_default_types"] = "an operator's word about a project",
        ["volume_messages"] = "forgotten by their age",
        ["volume_snapshots"] = "a snapshot goes with its volume",
        ["volume_transfers"] = "an offer goes with its volume",
        ["volume_type_access"] = "an operator's word about a type of volumes",
        ["usage"] = "falls with what is counted",
    };

    private static readonly string[] Owned =
    [
        "servers",
        "ports",
        "security_groups",
        "subnets",
        "subnet_pools",
        "address_scopes",
        "address_groups",
        "networks",
        "qos_policies",
        "rbac_policies",
        "routers",
        "trunks",
        "floating_ips",
        "images",
        "application_credentials",
        "trusts",
        "credentials",
        "limits",
        "volume_backups",
        "volumes",
    ];

    /// <summary>One of everything, in the project `demo`.</summary>
    private static async Task<string> FillAsync(TestCloud cloud)
    {
        await cloud.FurnishAsync();
        await cloud.CreateServerAsync();
        var project = await ProjectAsync(cloud);
        var port = $$$"""{"port": {"network_id": "{{{cloud.Network}}}"} }""";
        var parent = (await cloud.PostAsync("/network/v2.0/ports", port, cloud.Demo)).Must(201).Text("port", "id");
        var trunk = $$$"""{"trunk": {"port_id": "{{{parent}}}"} }""";
        (await cloud.PostAsync("/network/v2.0/trunks", trunk, cloud.Demo)).Must(201);
        var group = """{"security_group": {"name": "web"} }""";
        (await cloud.PostAsync("/network/v2.0/security-groups", group, cloud.Demo)).Must(201);
        var scope = """{"address_scope": {"name": "s", "ip_version": 4} }""";
        var id = (await cloud.PostAsync("/network/v2.0/address-scopes", scope, cloud.Demo))
            .Must(201)
            .Text("address_scope", "id");
        var pool = $$$"""{"subnetpool": {"name": "p", "prefixes": ["10.9.0.0/16"], "address_scope_id": "{{{id}}}"} }""";
        (await cloud.PostAsync("/network/v2.0/subnetpools", pool, cloud.Demo)).Must(201);
        var addresses = """{"address_group": {"name": "a", "addresses": ["10.0.0.0/8"]} }""";
        (await cloud.PostAsync("/network/v2.0/address-groups", addresses, cloud.Demo)).Must(201);
        var slow = $$$"""{"policy": {"name": "q", "is_default": true, "project_id": "{{{project}}}"} }""";
        (await cloud.PostAsync("/network/v2.0/qos/policies", slow, cloud.Admin)).Must(201);
        await LeadOutAsync(cloud, project);
        var policy = $$$"""
            {"rbac_policy": {"object_type": "network", "object_id": "{{{cloud.Network}}}", "action": "access_as_shared",
             "target_tenant": "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"}}
            """;
        (await cloud.PostAsync("/network/v2.0/rbac-policies", policy, cloud.Demo)).Must(201);
        var quota = """{"quota": {"port": 40} }""";
        (await cloud.PutAsync($"/network/v2.0/quotas/{project}", quota, cloud.Admin)).Must(200);
        var user = (await cloud.GetAsync("/v3/users?name=demo", cloud.Admin)).Must(200);
        var person = user.Json.GetProperty("users")[0].GetProperty("id").GetString();
        var credential = """{"application_credential": {"name": "ci"} }""";
        (await cloud.PostAsync($"/v3/users/{person}/application_credentials", credential, cloud.Demo)).Must(201);
        var ec2 = $$$"""{"tenant_id": "{{{project}}}"}""";
        (await cloud.PostAsync($"/v3/users/{person}/credentials/OS-EC2", ec2, cloud.Demo)).Must(201);
        await cloud.IdleAsync();
        return project;
    }

    /// <summary>A router from its network to one outside, and an address there.</summary>
    private static async Task LeadOutAsync(TestCloud cloud, string project)
    {
        const string network = "/network/v2.0";
        var outside =
            $$$"""{"network": {"name": "outside", "router:external": true, "project_id": "{{{project}}}"} }""";
        var external = (await cloud.PostAsync($"{network}/networks", outside, cloud.Admin))
            .Must(201)
            .Text("network", "id");
        var range =
            $$$"""{"subnet": {"network_id": "{{{external}}}", "ip_version": 4, "cidr": "203.0.113.0/24", "project_id": "{{{project}}}"} }""";
        (await cloud.PostAsync($"{network}/subnets", range, cloud.Admin)).Must(201);
        var gateway = $$$"""{"router": {"name": "r", "external_gateway_info": {"network_id": "{{{external}}}"} } }""";
        var router = (await cloud.PostAsync($"{network}/routers", gateway, cloud.Demo)).Must(201).Text("router", "id");
        var inside = (await cloud.GetAsync($"{network}/subnets?network_id={cloud.Network}", cloud.Demo))
            .Must(200)
            .Json.GetProperty("subnets")[0]
            .GetProperty("id")
            .GetString();
        var leg = $$$"""{"subnet_id": "{{{inside}}}"}""";
        (await cloud.PutAsync($"{network}/routers/{router}/add_router_interface", leg, cloud.Demo)).Must(200);
        var address = $$$"""{"floatingip": {"floating_network_id": "{{{external}}}"} }""";
        (await cloud.PostAsync($"{network}/floatingips", address, cloud.Demo)).Must(201);
        var forwarding = (await cloud.PostAsync($"{network}/floatingips", address, cloud.Demo))
            .Must(201)
            .Text("floatingip", "id");
        var port = (await cloud.GetAsync($"{network}/ports?device_owner=", cloud.Demo)).Must(200);
        var inner = port.Json.GetProperty("ports")[0];
        var forward = $$$"""
            {"port_forwarding": {"internal_port_id": "{{{inner.GetProperty(
                "id"
            )}}}", "protocol": "tcp", "external_port": 2201,
             "internal_ip_address": "{{{inner.GetProperty("fixed_ips")[0].GetProperty(
                "ip_address"
            )}}}", "internal_port": 22} }
            """;
        var path = $"{network}/floatingips/{forwarding}/port_forwardings";
        (await cloud.PostAsync(path, forward, cloud.Demo)).Must(201);
    }

    private static async Task<string> ProjectAsync(TestCloud cloud)
    {
        var listed = (await cloud.GetAsync("/v3/projects?name=demo", cloud.Admin)).Must(200);
        return listed.Json.GetProperty("projects")[0].GetProperty("id").GetString()!;
    }

    private static async Task<CloudAnswer> PurgeAsync(TestCloud cloud, string project)
    {
        var begun = (await cloud.PostAsync(PathOf(project), "", cloud.Admin)).Must(202);
        await cloud.IdleAsync();
        return (await StateAsync(cloud, begun)).Must(200);
    }

    private static Task<CloudAnswer> StateAsync(TestCloud cloud, CloudAnswer begun) =>
        cloud.GetAsync(new Uri(begun.Headers["Location"]).AbsolutePath, cloud.Admin);

    private static async Task<IReadOnlyList<JsonElement>> OwnerlessAsync(TestCloud cloud)
    {
        var listed = (await cloud.GetAsync("/v3/ownerless", cloud.Admin)).Must(200);
        return [.. listed.Json.GetProperty("ownerless").EnumerateArray()];
    }

    private static string PathOf(string project) => $"/v3/projects/{project}/purge";

    private static Task<long> CountAsync(TestCloud cloud, string from) =>
        cloud.Store.ReadAsync(async tx => await tx.ScalarAsync<long>($"SELECT COUNT(*) FROM {from}"));
}
