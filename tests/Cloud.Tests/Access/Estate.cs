using System.Text.Json;
using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests.Access;

/// <summary>
/// What the table of access asks for: a thing of every kind in the project `mine`, made by its member, and who else there is:
/// people of the project beside it, of its domain, of another domain, of the system.
/// </summary>
internal sealed class Estate
{
    private readonly Dictionary<string, string> ids = [];
    private readonly List<Persona> people = [];

    private static readonly (string Name, string Role)[] Roles =
    [
        ("role", "reader"),
        ("implied", "member"),
        ("prior", "manager"),
    ];

    public IReadOnlyList<Persona> People => people;

    public static async Task<Estate> MakeAsync(TestCloud cloud)
    {
        var estate = new Estate();
        await estate.AddPlacesAsync(cloud);
        await estate.AddPeopleAsync(cloud);
        await estate.AddCloudsThingsAsync(cloud);
        await estate.AddMembersThingsAsync(cloud);
        foreach (var route in Surface.All(cloud.Routes).Where(r => r.MakesByPath))
            await cloud.PutAsync(route.Target(estate), "", cloud.Admin);
        await FindAsync(cloud, "/audit/v1/events", "events"); // what is read is sealed first
        return estate;
    }

    /// <summary>A text whose `{names}` are replaced by what they stand for here.</summary>
    public string Fill(string text)
    {
        foreach (var (name, id) in ids)
            text = text.Replace($"{{{name}}}", id, StringComparison.Ordinal);
        return text;
    }

    private async Task AddPlacesAsync(TestCloud cloud)
    {
        ids["domain"] = "default";
        foreach (var project in (string[])["mine", "other"])
            ids[project] = await MakeAsync(cloud, "/v3/projects", $$$"""{"project": {"name": "{{{project}}}"} }""");
        ids["elsewhere"] = await MakeAsync(cloud, "/v3/domains", """{"domain": {"name": "elsewhere"}}""");
        await MakeAsync(cloud, "/v3/roles", """{"role": {"name": "guest"}}""");
    }

    private async Task AddPeopleAsync(TestCloud cloud)
    {
        (string Name, string Role, string Place, string Domain)[] all =
        [
            ("none", "guest", "projects/{mine}", "{domain}"),
            ("reader", "reader", "projects/{mine}", "{domain}"),
            ("member", "member", "projects/{mine}", "{domain}"),
            ("manager", "manager", "projects/{mine}", "{domain}"),
            ("other-reader", "reader", "projects/{other}", "{domain}"),
            ("other-member", "member", "projects/{other}", "{domain}"),
            ("other-manager", "manager", "projects/{other}", "{domain}"),
            ("domain-reader", "reader", "domains/{domain}", "{domain}"),
            ("domain-manager", "manager", "domains/{domain}", "{domain}"),
            ("foreign-manager", "manager", "domains/{elsewhere}", "{elsewhere}"),
            ("service", "service", "projects/{other}", "{domain}"),
            ("system-reader", "reader", "system", "{domain}"),
            ("system-admin", "admin", "system", "{domain}"),
            ("project-admin", "admin", "projects/{other}", "{domain}"),
        ];
        foreach (var (name, role, place, domain) in all)
        {
            var (persona, id) = await Persona.AddAsync(cloud, name, role, Fill(place), Fill(domain));
            people.Add(persona);
            ids[$"{name}-user"] = id;
        }
    }

    private async Task AddCloudsThingsAsync(TestCloud cloud)
    {
        await cloud.AddPublicImageAsync();
        await cloud.AddFlavorAsync("small", vcpus: 1, ram: 512, disk: 1);
        (
            await cloud.PostAsync(
                "/compute/v2.1/flavors/small/os-extra_specs",
                """{"extra_specs": {"a": "b"}}""",
                cloud.Admin
            )
        ).Must(200);
        ids["public_image"] = cloud.Image;
        ids["shared_network"] = await MakeAsync(
            cloud,
            "/network/v2.0/networks",
            """{"network": {"name": "shared", "shared": true}}"""
        );
        ids["shared_subnet"] = await MakeAsync(
            cloud,
            "/network/v2.0/subnets",
            Fill("""{"subnet": {"network_id": "{shared_network}", "cidr": "10.1.0.0/24", "ip_version": 4}}""")
        );
        const string external = """{"network": {"name": "outside", "router:external": true}}""";
        ids["external_network"] = await MakeAsync(cloud, "/network/v2.0/networks", external);
        await MakeAsync(
            cloud,
            "/network/v2.0/subnets",
            Fill("""{"subnet": {"network_id": "{external_network}", "cidr": "203.0.113.0/24", "ip_version": 4}}""")
        );
        foreach (var (name, role) in Roles)
            ids[name] = await FindAsync(cloud, $"/v3/roles?name={role}", "roles");
        ids["service"] = await FindAsync(cloud, "/v3/services", "services");
        ids["registered_limit"] = await MakeAsync(
            cloud,
            "/v3/registered_limits",
            Fill("""{"registered_limits": [{"service_id": "{service}", "resource_name": "x", "default_limit": 1}]}""")
        );
        ids["limit"] = await MakeAsync(
            cloud,
            "/v3/limits",
            Fill(
                """{"limits": [{"service_id": "{service}", "resource_name": "x", "resource_limit": 2, "project_id": "{mine}"}]}"""
            )
        );
        ids["group"] = await MakeAsync(cloud, "/v3/groups", """{"group": {"name": "group"}}""");
        ids["region"] = await FindAsync(cloud, "/v3/regions", "regions");
        ids["endpoint"] = await FindAsync(cloud, "/v3/endpoints", "endpoints");
        ids["hypervisor"] = await FindAsync(cloud, "/compute/v2.1/os-hypervisors", "hypervisors");
        ids["agent"] = await FindAsync(cloud, "/network/v2.0/agents?agent_type=L3%20agent", "agents");
        await AddFederationAsync(cloud);
        ids["volume_type"] = await MakeAsync(
            cloud,
            "/volume/v3/types",
            """{"volume_type": {"name": "fast", "extra_specs": {"a": "b"}}}"""
        );
        var chosen = """{"default_type": {"volume_type": "__DEFAULT__"}}""";
        (await cloud.PutAsync(Fill("/volume/v3/default-types/{mine}"), chosen, cloud.Admin)).Must(200);
        const string backends = "/volume/v3/os-services?binary=cinder-volume";
        ids["backend"] = await FindAsync(cloud, backends, "services", "host");
        ids["qos_specs"] = await MakeAsync(
            cloud,
            "/volume/v3/qos-specs",
            """{"qos_specs": {"name": "gold", "a": "b"}}"""
        );
        ids["default_rule"] = await MakeAsync(
            cloud,
            "/network/v2.0/default-security-group-rules",
            """{"default_security_group_rule": {"direction": "ingress", "protocol": "igmp"}}"""
        );
        await AddLimitsAsync(cloud);
    }

    private async Task AddLimitsAsync(TestCloud cloud)
    {
        const string at = "/network/v2.0/qos/policies";
        ids["qos_policy"] = await MakeAsync(
            cloud,
            at,
            Fill("""{"policy": {"name": "mine", "project_id": "{mine}"}}""")
        );
        ids["qos_rule"] = await MakeAsync(
            cloud,
            $"{at}/{ids["qos_policy"]}/bandwidth_limit_rules",
            """{"bandwidth_limit_rule": {"max_kbps": 1000}}"""
        );
    }

    private static async Task AddFederationAsync(TestCloud cloud)
    {
        const string at = "/v3/OS-FEDERATION";
        (string Path, string Body)[] things =
        [
            ("mappings/mapping", """{"mapping": {"rules": [{"local": [], "remote": [{"type": "sub"}]}]}}"""),
            ("identity_providers/provider", """{"identity_provider": {"enabled": true}}"""),
            ("identity_providers/provider/protocols/protocol", """{"protocol": {"mapping_id": "mapping"}}"""),
        ];
        foreach (var (path, body) in things)
            (await cloud.SendAsync("PUT", $"{at}/{path}", body, cloud.Admin)).Must(201);
    }

    private async Task AddMembersThingsAsync(TestCloud cloud)
    {
        var member = people.Single(p => p.Name == "member");
        async Task<string> Make(string path, string body) => await MakeAsync(cloud, Fill(path), Fill(body), member);
        foreach (var person in people) // a project's first look at its groups makes one
            await cloud.SendAsync(Request("GET", "/network/v2.0/security-groups", "", person), CancellationToken.None);
        ids["image"] = await Make(
            "/image/v2/images",
            """{"name": "mine", "disk_format": "raw", "container_format": "bare"}"""
        );
        ids["network"] = await Make("/network/v2.0/networks", """{"network": {"name": "mine"}}""");
        ids["segment"] = await FindAsync(cloud, Fill("/network/v2.0/segments?network_id={network}"), "segments");
        ids["subnet"] = await Make(
            "/network/v2.0/subnets",
            """{"subnet": {"network_id": "{network}", "cidr": "10.0.0.0/24", "ip_version": 4}}"""
        );
        ids["port"] = await Make("/network/v2.0/ports", """{"port": {"network_id": "{network}"}}""");
        ids["parent"] = await Make("/network/v2.0/ports", """{"port": {"network_id": "{network}"}}""");
        ids["subport"] = await Make("/network/v2.0/ports", """{"port": {"network_id": "{network}"}}""");
        ids["spare_port"] = await Make("/network/v2.0/ports", """{"port": {"network_id": "{network}"}}""");
        ids["trunk"] = await Make(
            "/network/v2.0/trunks",
            """{"trunk": {"port_id": "{parent}", "sub_ports": [{"port_id": "{subport}", "segmentation_type": "vlan", "segmentation_id": 7}]}}"""
        );
        ids["address_group"] = await Make(
            "/network/v2.0/address-groups",
            """{"address_group": {"name": "mine", "addresses": ["10.3.0.0/16"]}}"""
        );
        ids["rbac_policy"] = await Make(
            "/network/v2.0/rbac-policies",
            """{"rbac_policy": {"object_type": "address_group", "object_id": "{address_group}", "action": "access_as_shared", "target_tenant": "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"}}"""
        );
        ids["address_scope"] = await Make(
            "/network/v2.0/address-scopes",
            """{"address_scope": {"name": "mine", "ip_version": 4}}"""
        );
        ids["subnet_pool"] = await Make(
            "/network/v2.0/subnetpools",
            """{"subnetpool": {"name": "mine", "prefixes": ["10.5.0.0/16", "10.6.0.0/16"]}}"""
        );
        ids["routed_network"] = await Make("/network/v2.0/networks", """{"network": {"name": "routed"}}""");
        ids["routed_subnet"] = await Make(
            "/network/v2.0/subnets",
            """{"subnet": {"network_id": "{routed_network}", "cidr": "10.2.0.0/24", "ip_version": 4}}"""
        );
        ids["router"] = await Make(
            "/network/v2.0/routers",
            """{"router": {"name": "mine", "external_gateway_info": {"network_id": "{external_network}"}}}"""
        );
        var joining = Fill("/network/v2.0/routers/{router}/add_router_interface");
        var leg = Request("PUT", joining, Fill("""{"subnet_id": "{routed_subnet}"}"""), member);
        (await cloud.SendAsync(leg, CancellationToken.None)).Must(200);
        const string routes = """{"router": {"routes": [{"destination": "10.8.1.0/24", "nexthop": "10.2.0.9"}]}}""";
        var routing = Fill("/network/v2.0/routers/{router}/add_extraroutes");
        (await cloud.SendAsync(Request("PUT", routing, routes, member), CancellationToken.None)).Must(200);
        ids["floatingip"] = await Make(
            "/network/v2.0/floatingips",
            """{"floatingip": {"floating_network_id": "{external_network}"}}"""
        );
        await AddForwardingAsync(cloud, member);
        ids["security_group"] = await Make("/network/v2.0/security-groups", """{"security_group": {"name": "mine"}}""");
        ids["rule"] = await Make(
            "/network/v2.0/security-group-rules",
            """{"security_group_rule": {"direction": "ingress", "security_group_id": "{security_group}"}}"""
        );
        await Make("/compute/v2.1/os-keypairs", """{"keypair": {"name": "key"}}""");
        ids["server"] = await Make(
            "/compute/v2.1/servers",
            """{"server": {"name": "one", "flavorRef": "small", "imageRef": "{public_image}", "networks": [{"uuid": "{network}"}], "metadata": {"a": "b"}}}"""
        );
        ids["volume"] = await Make(
            "/volume/v3/volumes",
            """{"volume": {"name": "mine", "size": 1, "metadata": {"a": "b"}}}"""
        );
        ids["held_volume"] = await Make("/volume/v3/volumes", """{"volume": {"name": "held", "size": 1}}""");
        await cloud.IdleAsync();
        ids["attached_volume"] = await Make("/volume/v3/volumes", """{"volume": {"name": "attached", "size": 1}}""");
        await cloud.IdleAsync();
        await Make(
            $"/compute/v2.1/servers/{ids["server"]}/os-volume_attachments",
            """{"volumeAttachment": {"volumeId": "{attached_volume}"}}"""
        );
        ids["attachment"] = await Make(
            "/volume/v3/attachments",
            """{"attachment": {"volume_uuid": "{held_volume}", "connector": {"ip": "192.0.2.3", "host": "client"}}}"""
        );
        ids["snapshot"] = await Make(
            "/volume/v3/snapshots",
            """{"snapshot": {"volume_id": "{volume}", "metadata": {"a": "b"}}}"""
        );
        await cloud.IdleAsync();
        ids["backup"] = await Make("/volume/v3/backups", """{"backup": {"volume_id": "{volume}"}}""");
        await OfferAsync(cloud, member);
        ids["message"] = await FailAsync(cloud, member);
        ids["instance"] = await cloud.Store.ReadAsync(async tx =>
            await tx.ScalarAsync<string>("SELECT id FROM instances WHERE resource LIKE 'server/%'") ?? ""
        );
        ids["exported"] = await ExportAsync(cloud);
        ids["request"] = (
            await FindAsync(
                cloud,
                $"/compute/v2.1/servers/{ids["server"]}/os-instance-actions",
                "instanceActions",
                "request_id",
                member
            )
        );
        ids["event"] = await FindAsync(
            cloud,
            $"/audit/v1/events?target_type=server&target_id={ids["server"]}",
            "events"
        );
        ids["application_credential"] = await Make(
            "/v3/users/{member-user}/application_credentials",
            """{"application_credential": {"name": "mine", "access_rules": [{"service": "compute", "method": "GET", "path": "/v2.1/servers"}]}}"""
        );
        ids["access_rule"] = await FindAsync(
            cloud,
            $"/v3/users/{ids["member-user"]}/access_rules",
            "access_rules",
            "id",
            member
        );
        ids["trust"] = await Make(
            "/v3/OS-TRUST/trusts",
            """{"trust": {"trustor_user_id": "{member-user}", "trustee_user_id": "{other-member-user}", "project_id": "{mine}", "impersonation": true, "roles": [{"id": "{role}"}]}}"""
        );
        ids["credential"] = await Make(
            "/v3/credentials",
            """{"credential": {"type": "cert", "blob": "x", "user_id": "{member-user}"}}"""
        );
        var ec2 = await cloud.SendAsync(
            Request(
                "POST",
                $"/v3/users/{ids["member-user"]}/credentials/OS-EC2",
                Fill("""{"tenant_id": "{mine}"}"""),
                member
            ),
            CancellationToken.None
        );
        ids["access"] = ec2.Must(201).Text("credential", "access");
    }

    /// <summary>A port of the floating address, for one on a network of its own behind the router.</summary>
    private async Task AddForwardingAsync(TestCloud cloud, Persona member)
    {
        async Task<string> Make(string path, string body) => await MakeAsync(cloud, Fill(path), Fill(body), member);
        ids["forwarded_network"] = await Make("/network/v2.0/networks", """{"network": {"name": "forwarded"}}""");
        ids["forwarded_subnet"] = await Make(
            "/network/v2.0/subnets",
            """{"subnet": {"network_id": "{forwarded_network}", "cidr": "10.12.0.0/24", "ip_version": 4}}"""
        );
        var leg = Fill("""{"subnet_id": "{forwarded_subnet}"}""");
        var joining = Request("PUT", Fill("/network/v2.0/routers/{router}/add_router_interface"), leg, member);
        (await cloud.SendAsync(joining, CancellationToken.None)).Must(200);
        ids["forwarded_port"] = await Make(
            "/network/v2.0/ports",
            """{"port": {"network_id": "{forwarded_network}", "fixed_ips": [{"ip_address": "10.12.0.11"}]}}"""
        );
        ids["port_forwarding"] = await Make(
            "/network/v2.0/floatingips/{floatingip}/port_forwardings",
            """
            {"port_forwarding": {"internal_port_id": "{forwarded_port}", "internal_ip_address": "10.12.0.11",
             "internal_port": 22, "external_port": 2201, "protocol": "tcp"}}
            """
        );
    }

    /// <summary>What is known of a backup whose record is not there any more.</summary>
    private async Task<string> ExportAsync(TestCloud cloud)
    {
        const string at = "/volume/v3/backups";
        var member = people.Single(p => p.Name == "member");
        var id = await MakeAsync(cloud, at, Fill("""{"backup": {"volume_id": "{volume}"}}"""), member);
        await cloud.IdleAsync();
        var told = (await cloud.GetAsync($"{at}/{id}/export_record", cloud.Admin)).Must(200);
        await cloud.LoseBackupAsync(id);
        return told.Text("backup-record", "backup_url");
    }

    /// <summary>A volume that another project may take, with the key to it.</summary>
    private async Task OfferAsync(TestCloud cloud, Persona member)
    {
        var volume = await MakeAsync(
            cloud,
            "/volume/v3/volumes",
            """{"volume": {"name": "offered", "size": 1}}""",
            member
        );
        await cloud.IdleAsync();
        var offer = $$$"""{"transfer": {"volume_id": "{{{volume}}}"} }""";
        var made = await cloud.SendAsync(
            Request("POST", "/volume/v3/os-volume-transfer", offer, member),
            CancellationToken.None
        );
        ids["transfer"] = made.Must(202).Text("transfer", "id");
        ids["transfer_key"] = made.Text("transfer", "auth_key");
    }

    /// <summary>What is told of a volume for which there is no backend. The volume goes again.</summary>
    private static async Task<string> FailAsync(TestCloud cloud, Persona member)
    {
        const string at = "/volume/v3/volumes";
        var volume = await MakeAsync(cloud, at, """{"volume": {"size": 1, "volume_type": "fast"}}""", member);
        await cloud.IdleAsync();
        (await cloud.SendAsync(Request("DELETE", $"{at}/{volume}", "", member), CancellationToken.None)).Must(202);
        await cloud.IdleAsync();
        return await FindAsync(cloud, "/volume/v3/messages", "messages", by: member);
    }

    /// <summary>The id of what is made: the body's, or that of the one thing in it.</summary>
    private static async Task<string> MakeAsync(TestCloud cloud, string path, string body, Persona? by = null)
    {
        var answer = by is null
            ? await cloud.PostAsync(path, body, cloud.Admin)
            : await cloud.SendAsync(Request("POST", path, body, by), CancellationToken.None);
        if (answer.Status is not (200 or 201 or 202))
            throw new InvalidOperationException($"{path}: {answer}");
        var made = answer.Json.TryGetProperty("id", out _) ? answer.Json : answer.Json.EnumerateObject().First().Value;
        if (made.ValueKind == JsonValueKind.Array)
            made = made[0];
        return made.TryGetProperty("id", out var id) ? id.GetString()! : "";
    }

    private static async Task<string> FindAsync(
        TestCloud cloud,
        string path,
        string collection,
        string key = "id",
        Persona? by = null
    )
    {
        var answer = by is null
            ? await cloud.GetAsync(path, cloud.Admin)
            : await cloud.SendAsync(Request("GET", path, "", by), CancellationToken.None);
        return
            answer.Must(200).Json.GetProperty(collection) is { ValueKind: JsonValueKind.Array } all
            && all.GetArrayLength() > 0
            ? all[0].GetProperty(key).ToString()
            : throw new InvalidOperationException($"{path}: {answer}");
    }

    public static CloudRequest Request(string method, string path, string body, Persona? by)
    {
        var request = new CloudRequest(method, path, System.Text.Encoding.UTF8.GetBytes(body));
        if (by is not null)
            request.Headers["X-Auth-Token"] = by.Token;
        if (path.StartsWith("/volume/v3/", StringComparison.Ordinal))
            request.Headers["OpenStack-API-Version"] = "volume latest"; // older clients do not know every route
        return request;
    }
}
