using System.Security.Cryptography;
using System.Text.Json;
using Pipeline.Contracts;
using Pipeline.Contracts.Hosts;
using Pipeline.Testing;
using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests.Access;

/// <param name="User">Whose record it must be; null where nobody is authenticated.</param>
internal sealed record MutationCase(CloudRequest Request, string? User);

/// <summary>
/// For each route that is no read a request that is taken: as in the table of access where its things are of use, else of things
/// made for it. A route for which neither will do is found by its answer.
/// </summary>
internal sealed class MutationCases
{
    private static readonly string[] Members =
    [
        "/compute/v2.1/os-keypairs",
        "/compute/v2.1/os-security-group",
        "/compute/v2.1/servers",
        "/identity/v3/users/{user_id}/application_credentials",
        "/identity/v3/OS-TRUST",
        "/image",
        "/network",
        "/volume/v3/attachments",
        "/volume/v3/backups",
        "/volume/v3/messages",
        "/volume/v3/os-volume-transfer",
        "/volume/v3/snapshots",
        "/volume/v3/volume-transfers",
        "/volume/v3/volumes",
    ];

    private readonly Dictionary<string, (string Path, string Body)> own = [];
    private readonly Estate estate;
    private readonly Dictionary<string, string> bodies;

    private string standing = "";
    private string claims = "";

    private MutationCases(Estate estate)
    {
        this.estate = estate;
        bodies = File.ReadLines(Path.Combine(Repository.Root, "tests", "Cloud.Tests", "Access", "bodies.txt"))
            .Select(line => line.Split(' ', 2))
            .ToDictionary(parts => parts[0], parts => parts[1]);
    }

    private Persona Member => estate.People.Single(p => p.Name == "member");

    public static async Task<MutationCases> MakeAsync(TestCloud cloud, Estate estate, KnownIssuer issuer)
    {
        var cases = new MutationCases(estate);
        await cases.AddFederationAsync(cloud, issuer);
        await cases.AddIdentityAsync(cloud);
        await cases.AddNetworkAsync(cloud);
        await cases.AddPasswordAsync(cloud);
        await cases.AddTopologyAsync(cloud);
        await cases.AddVolumeTypeAsync(cloud);
        await cases.AddVolumesAsync(cloud);
        await cases.AddOperationsAsync(cloud);
        return cases;
    }

    /// <summary>The actions on a server, by the one route that they share.</summary>
    public IEnumerable<MutationCase> OfActions()
    {
        (string Body, string By)[] actions =
        [
            ("""{"os-stop": null}""", "member"),
            ("""{"reboot": {"type": "HARD"}}""", "member"),
            ("""{"lock": null}""", "member"),
            ("""{"addSecurityGroup": {"name": "mine"}}""", "member"),
            ("""{"removeSecurityGroup": {"name": "default"}}""", "member"),
            ("""{"os-resetState": {"state": "error"}}""", "project-admin"),
        ];
        foreach (var (body, name) in actions)
        {
            var by = estate.People.Single(p => p.Name == name);
            var request = Estate.Request("POST", $"/compute/v2.1/servers/{standing}/action", body, by);
            yield return new(request, estate.Fill($"{{{name}-user}}"));
        }
    }

    public MutationCase Of(Surface route)
    {
        var (path, body) = own.TryGetValue(route.Function, out var made)
            ? made
            : (route.Target(estate), estate.Fill(bodies.GetValueOrDefault(route.Function) ?? bodies["*"]));
        if (route.MakesByPath)
            path = Unmade(path);
        if (route.Function is "identity-create-provider" or "identity-create-protocol" or "identity-create-mapping")
            path += "-fresh";
        var by = By(route);
        var request = Estate.Request(route.Method, path, route.Method == "DELETE" ? "" : body, by);
        request.Headers["Content-Type"] = route.ContentType;
        request.Headers["X-Subject-Token"] = estate.People.Single(p => p.Name == "reader").Token;
        if (route.Function == "identity-federated-login")
            request.Headers["Authorization"] = $"Bearer {claims}";
        return new(request, by is null ? null : estate.Fill($"{{{by.Name}-user}}"));
    }

    /// <summary>What the estate has made by such a path is there already: another role, member or tag.</summary>
    private string Unmade(string path) =>
        path.Contains("/roles/", StringComparison.Ordinal)
            ? path.Replace(estate.Fill("/{role}"), estate.Fill("/{prior}"), StringComparison.Ordinal)
            : path.Replace(estate.Fill("/{none-user}"), estate.Fill("/{reader-user}"), StringComparison.Ordinal)
                .Replace("/tags/tag", "/tags/fresh", StringComparison.Ordinal);

    /// <summary>The owner of the thing where only they may, else an admin.</summary>
    private Persona? By(Surface route)
    {
        if (route.Function is "hosts-join" or "identity-change-password" or "identity-federated-login")
            return null;
        var name =
            route.Function
                is "network-update-quota"
                    or "network-delete-quota"
                    or "volume-snapshot-action"
                    or "volume-backup-action"
                    or "volume-import-backup"
                    or "compute-update-volume-attachment"
                ? "project-admin"
            : route.Path.StartsWith("/network/v2.0/agents/", StringComparison.Ordinal) ? "project-admin"
            : route.Path.StartsWith("/network/v2.0/default-sec", StringComparison.Ordinal) ? "project-admin"
            : route.Path.StartsWith("/network/v2.0/segments/", StringComparison.Ordinal) ? "project-admin"
            : route.Path.StartsWith("/network/v2.0/qos/", StringComparison.Ordinal) ? "manager"
            : Members.Any(prefix => route.Path.StartsWith(prefix, StringComparison.Ordinal)) ? "member"
            : "project-admin";
        return estate.People.Single(p => p.Name == name);
    }

    private async Task AddIdentityAsync(TestCloud cloud)
    {
        const string identity = "/identity/v3";
        var domain = await MakeAsync(cloud, "domains", """{"domain": {"name": "over", "enabled": false}}""");
        own["identity-delete-domain"] = ($"{identity}/domains/{domain}", "");
        var region = await MakeAsync(cloud, "regions", """{"region": {"id": "spare"}}""");
        own["identity-delete-region"] = ($"{identity}/regions/{region}", "");
        own["identity-update-region"] = ($"{identity}/regions/{region}", """{"region": {"description": "x"}}""");
        own["identity-put-region"] = ($"{identity}/regions/another", """{"region": {"description": "x"}}""");
        var service = await MakeAsync(cloud, "services", """{"service": {"type": "x", "name": "x"}}""");
        own["identity-delete-service"] = ($"{identity}/services/{service}", "");
        own["identity-update-service"] = ($"{identity}/services/{service}", """{"service": {"name": "y"}}""");
        var endpoint = await MakeAsync(
            cloud,
            "endpoints",
            $$$"""{"endpoint": {"interface": "public", "service_id": "{{{service}}}", "url": "http://x"} }"""
        );
        own["identity-delete-endpoint"] = ($"{identity}/endpoints/{endpoint}", "");
        own["identity-update-endpoint"] = ($"{identity}/endpoints/{endpoint}", """{"endpoint": {"url": "http://y"}}""");
        const string credential = """
            {"application_credential": {"name": "brief", "access_rules": [{"service": "image", "method": "GET", "path": "/v2/images"}]}}
            """;
        var credentials = estate.Fill($"{identity}/users/{{member-user}}/application_credentials");
        var brief = await MakeByMemberAsync(cloud, credentials, credential);
        var rules = await cloud.Store.ReadAsync(tx =>
            tx.ListAsync<string>("SELECT id FROM access_rules WHERE service = 'image'")
        );
        var delete = Estate.Request("DELETE", $"{credentials}/{brief}", "", Member);
        (await cloud.SendAsync(delete, CancellationToken.None)).Must(204);
        own["identity-delete-access-rule"] = (
            estate.Fill($"{identity}/users/{{member-user}}/access_rules/{rules[0]}"),
            ""
        );
        const string registered =
            """{"registered_limits": [{"service_id": "{service}", "resource_name": "spare", "default_limit": 1}]}""";
        var limits = await cloud.PostAsync("/v3/registered_limits", estate.Fill(registered), cloud.Admin);
        var limit = limits.Must(201).Json.GetProperty("registered_limits")[0].GetProperty("id").GetString();
        own["identity-delete-registered-limit"] = ($"{identity}/registered_limits/{limit}", "");
        own["identity-update-registered-limit"] = (
            $"{identity}/registered_limits/{limit}",
            """{"registered_limit": {"description": "x"}}"""
        );
        var role = await MakeAsync(cloud, "roles", """{"role": {"name": "extra"}}""");
        own["identity-imply-role"] = (estate.Fill($"{identity}/roles/{{prior}}/implies/{role}"), "");
        var user = await MakeAsync(cloud, "users", """{"user": {"name": "changer", "password": "before"}}""");
        own["identity-change-password"] = (
            $"{identity}/users/{user}/password",
            """{"user": {"original_password": "before", "password": "after"}}"""
        );
    }

    /// <summary>Somebody new, to whom their issuer's word gives a group, and a role in a project of their own.</summary>
    private async Task AddFederationAsync(TestCloud cloud, KnownIssuer issuer)
    {
        const string at = "/v3/OS-FEDERATION";
        const string rules = """
            [{"local": [{"user": {"name": "{0}"}}, {"group": {"id": "{group}"}}, {"projects": [{"name": "home of {0}", "roles": [{"name": "member"}]}]}],
              "remote": [{"type": "sub"}]}]
            """;
        (string Path, string Body)[] things =
        [
            ("mappings/known", $$$"""{"mapping": {"rules": {{{estate.Fill(rules)}}} } }"""),
            (
                "identity_providers/known",
                $$$"""{"identity_provider": {"enabled": true, "remote_ids": ["{{{KnownIssuer.Name}}}"]} }"""
            ),
            ("identity_providers/known/protocols/openid", """{"protocol": {"mapping_id": "known"}}"""),
        ];
        foreach (var (path, body) in things)
            (await cloud.PutAsync($"{at}/{path}", body, cloud.Admin)).Must(201);
        own["identity-federated-login"] = ($"/identity{at}/identity_providers/known/protocols/openid/auth", "");
        claims = issuer.Sign("ada", cloud.World.Time.GetUtcNow());
    }

    private async Task AddNetworkAsync(TestCloud cloud)
    {
        const string network = "/network/v2.0";
        var id = await MakeByMemberAsync(cloud, $"{network}/networks", """{"network": {"name": "spare"}}""");
        var order = $$$"""{"subnet": {"network_id": "{{{id}}}", "cidr": "10.7.0.0/24", "ip_version": 4} }""";
        var subnet = await MakeByMemberAsync(cloud, $"{network}/subnets", order);
        own["network-delete-network"] = ($"{network}/networks/{id}", "");
        own["network-delete-subnet"] = ($"{network}/subnets/{subnet}", "");
        own["network-delete-router"] = ($"{network}/routers/{await SpareRouterAsync(cloud)}", "");
        var agent = estate.Fill($"{network}/agents/{{agent}}/l3-routers");
        own["network-add-agent-router"] = (agent, $$"""{"router_id": "{{await SpareRouterAsync(cloud)}}"}""");
        var placed = await SpareRouterAsync(cloud);
        (await cloud.PostAsync(agent, $$"""{"router_id": "{{placed}}"}""", cloud.Admin)).Must(201);
        own["network-remove-agent-router"] = ($"{agent}/{placed}", "");
        var leaving = await SpareRouterAsync(cloud);
        var spare = await MakeByMemberAsync(cloud, $"{network}/networks", """{"network": {"name": "legs"}}""");
        var legs = $$$"""{"subnet": {"network_id": "{{{spare}}}", "cidr": "10.6.0.0/24", "ip_version": 4} }""";
        var leg = $$$"""{"subnet_id": "{{{await MakeByMemberAsync(cloud, $"{network}/subnets", legs)}}}"}""";
        var add = Estate.Request("PUT", $"{network}/routers/{leaving}/add_router_interface", leg, Member);
        (await cloud.SendAsync(add, CancellationToken.None)).Must(200);
        own["network-remove-router-interface"] = ($"{network}/routers/{leaving}/remove_router_interface", leg);
        var quota = estate.Fill($"{network}/quotas/{{mine}}");
        (await cloud.PutAsync(quota, """{"quota": {"port": 40}}""", cloud.Admin)).Must(200);
        const string flavor =
            """{"flavor": {"id": "hidden", "name": "hidden", "vcpus": 1, "ram": 1, "disk": 1, "os-flavor-access:is_public": false}}""";
        (await cloud.PostAsync("/compute/v2.1/flavors", flavor, cloud.Admin)).Must(200);
        own["compute-flavor-action"] = (
            "/compute/v2.1/flavors/hidden/action",
            estate.Fill("""{"addTenantAccess": {"tenant": "{other}"}}""")
        );
    }

    /// <summary>There is a topology to take away.</summary>
    private async Task AddTopologyAsync(TestCloud cloud)
    {
        const string network = "/network/v2.0";
        var outside = estate.Fill($"{network}/networks/{{external_network}}");
        (await cloud.PutAsync(outside, """{"network": {"is_default": true}}""", cloud.Admin)).Must(200);
        const string pool =
            """{"subnetpool": {"name": "usual", "prefixes": ["10.60.0.0/16"], "default_prefixlen": 26, "is_default": true, "shared": true}}""";
        (await cloud.PostAsync($"{network}/subnetpools", pool, cloud.Admin)).Must(201);
        var asking = Estate.Request("GET", $"{network}/auto-allocated-topology/None", "", Member);
        (await cloud.SendAsync(asking, CancellationToken.None)).Must(200);
    }

    /// <summary>There is a type that is not for all.</summary>
    private async Task AddVolumeTypeAsync(TestCloud cloud)
    {
        const string type = """{"volume_type": {"name": "hidden", "os-volume-type-access:is_public": false}}""";
        var hidden = (await cloud.PostAsync("/volume/v3/types", type, cloud.Admin)).Must(200).Text("volume_type", "id");
        own["volume-type-action"] = (
            $"/volume/v3/types/{hidden}/action",
            estate.Fill("""{"addProjectAccess": {"project": "{other}"}}""")
        );
    }

    /// <summary>There are a volume and a snapshot to take away.</summary>
    private async Task AddVolumesAsync(TestCloud cloud)
    {
        const string at = "/volume/v3";
        const string room = """{"quota_set": {"volumes": 50}}""";
        (await cloud.PutAsync(estate.Fill($"{at}/os-quota-sets/{{mine}}"), room, cloud.Admin)).Must(200);
        var volume = await MakeByMemberAsync(cloud, $"{at}/volumes", """{"volume": {"size": 1}}""", 202);
        var spare = estate.Fill("""{"snapshot": {"volume_id": "{volume}"}}""");
        var snapshot = await MakeByMemberAsync(cloud, $"{at}/snapshots", spare, 202);
        await cloud.IdleAsync();
        var held = await MakeByMemberAsync(cloud, $"{at}/volumes", """{"volume": {"size": 1}}""", 202);
        await cloud.IdleAsync();
        var holding = $$$"""{"attachment": {"volume_uuid": "{{{held}}}"} }""";
        var attachment = await MakeByMemberAsync(cloud, $"{at}/attachments", holding, 200);
        own["volume-delete-attachment"] = ($"{at}/attachments/{attachment}", "");
        own["volume-delete-snapshot"] = ($"{at}/snapshots/{snapshot}", "");
        var kept = $$$"""{"backup": {"volume_id": "{{{volume}}}"} }""";
        var backup = await MakeByMemberAsync(cloud, $"{at}/backups", kept, 202);
        await cloud.IdleAsync();
        own["volume-create-backup"] = ($"{at}/backups", kept);
        own["volume-delete-backup"] = ($"{at}/backups/{backup}", "");
        own["volume-delete-volume"] = ($"{at}/volumes/{await SpareAsync(cloud)}", "");
        var offered = await MakeByMemberAsync(cloud, $"{at}/volumes", """{"volume": {"size": 1}}""", 202);
        await cloud.IdleAsync();
        var offer = $$$"""{"transfer": {"volume_id": "{{{offered}}}"} }""";
        var transfer = await MakeByMemberAsync(cloud, $"{at}/os-volume-transfer", offer, 202);
        var spared = await MakeByMemberAsync(cloud, $"{at}/volumes", """{"volume": {"size": 1}}""", 202);
        await cloud.IdleAsync();
        own["volume-create-transfer"] = (
            $"{at}/os-volume-transfer",
            $$$"""{"transfer": {"volume_id": "{{{spared}}}"} }"""
        );
        own["volume-delete-transfer"] = ($"{at}/os-volume-transfer/{transfer}", "");
    }

    private async Task<string> SpareAsync(TestCloud cloud)
    {
        var volume = await MakeByMemberAsync(cloud, "/volume/v3/volumes", """{"volume": {"size": 1}}""", 202);
        await cloud.IdleAsync();
        return volume;
    }

    /// <summary>There is something to clear.</summary>
    private async Task AddPasswordAsync(TestCloud cloud)
    {
        var server = new ServerId(Guid.Parse(estate.Fill("{server}")));
        var on = await cloud.Store.ReadAsync(tx =>
            tx.ScalarAsync<string>("SELECT host_id FROM servers WHERE id = @server", new { server })
        );
        await cloud.Hosts.Single(h => h.Id.ToString() == on).SendPasswordAsync(server, "x");
    }

    private Task<string> SpareRouterAsync(TestCloud cloud) =>
        MakeByMemberAsync(cloud, "/network/v2.0/routers", """{"router": {"name": "spare"}}""");

    /// <summary>There are a volume to attach, one to detach, and one to take the place of a third.</summary>
    private async Task AddAttachmentsAsync(TestCloud cloud)
    {
        const string volume = """{"volume": {"size": 1}}""";
        var path = $"/compute/v2.1/servers/{standing}/os-volume_attachments";
        var attached = await MakeByMemberAsync(cloud, "/volume/v3/volumes", volume, 202);
        var spare = await MakeByMemberAsync(cloud, "/volume/v3/volumes", volume, 202);
        var swapped = await MakeByMemberAsync(cloud, "/volume/v3/volumes", volume, 202);
        var next = await MakeByMemberAsync(cloud, "/volume/v3/volumes", volume, 202);
        await cloud.IdleAsync();
        foreach (var one in (string[])[attached, swapped])
            await MakeByMemberAsync(cloud, path, BodyOf(one), 200);
        await cloud.IdleAsync();
        own["compute-create-volume-attachment"] = (path, BodyOf(spare));
        own["compute-delete-volume-attachment"] = ($"{path}/{attached}", "");
        own["compute-update-volume-attachment"] = ($"{path}/{swapped}", BodyOf(next));

        static string BodyOf(string id) => $$$"""{"volumeAttachment": {"volumeId": "{{{id}}}"} }""";
    }

    /// <summary>An operation that goes on for as long as its host is away, a failed one, and a token to join by.</summary>
    private async Task AddOperationsAsync(TestCloud cloud)
    {
        const string instances = "/runtime/webhooks/durabletask/instances";
        const string second =
            """{"server": {"name": "two", "flavorRef": "small", "imageRef": "{public_image}", "networks": [{"uuid": "{network}"}]}}""";
        standing = await MakeByMemberAsync(cloud, "/compute/v2.1/servers", estate.Fill(second), 202);
        await cloud.IdleAsync();
        await AddAttachmentsAsync(cloud);
        await cloud.Hosts[0].KillAgentAsync();
        var stuck = estate.Fill("/compute/v2.1/servers/{server}/action");
        var stop = Estate.Request("POST", stuck, """{"os-stop": null}""", Member);
        (await cloud.SendAsync(stop, CancellationToken.None)).Must(202);
        var running = await cloud.Store.ReadAsync(async tx =>
            await tx.ScalarAsync<string>("SELECT id FROM instances WHERE completed_at IS NULL AND name = 'StopServer'")
        );
        foreach (var verb in (string[])["resume", "suspend", "terminate"])
            own[$"durable-{verb}-instance"] = ($"{instances}/{running}/{verb}", "");
        own["durable-raise-event"] = ($"{instances}/{running}/raiseEvent/go", "{}");
        own["durable-purge-instances"] = ($"{instances}?createdTimeFrom=2000-01-01T00:00:00Z", "");
        var token = (await cloud.PostAsync("/hosts/v1/join-tokens", "", cloud.Admin)).Must(201).Text("token");
        using var signing = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var sealing = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var join = new JoinRequest(
            token,
            "newcomer",
            signing.ExportSubjectPublicKeyInfo(),
            sealing.ExportSubjectPublicKeyInfo(),
            ["compute"]
        );
        own["hosts-join"] = ("/hosts/v1/join", JsonSerializer.Serialize(join, ContractsJson.Default.JoinRequest));
        await cloud.Store.WriteAsync(tx => tx.ExecuteAsync("UPDATE cloud SET restored_at = @now")); // sweeps are held back
        await cloud.PassAsync(TimeSpan.FromSeconds(10)); // the order to the host that is away lies in its queue
    }

    private static async Task<string> MakeAsync(TestCloud cloud, string kind, string body)
    {
        var made = (await cloud.PostAsync($"/v3/{kind}", body, cloud.Admin)).Must(201);
        return made.Json.EnumerateObject().First().Value.GetProperty("id").GetString()!;
    }

    private async Task<string> MakeByMemberAsync(TestCloud cloud, string path, string body, int status = 201)
    {
        var made = (await cloud.SendAsync(Estate.Request("POST", path, body, Member), CancellationToken.None)).Must(
            status
        );
        return made.Json.EnumerateObject().First().Value.GetProperty("id").GetString()!;
    }
}
