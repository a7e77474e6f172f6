namespace Pipeline.Cloud.Tests.Access;

/// <summary>A route of the table of routes, as it is asked for in the table of access.</summary>
/// <param name="Shared">The same, asked for a thing of the cloud's that every project sees.</param>
internal sealed record Surface(string Method, string Path, string Function, bool Shared = false)
{
    /// <summary>What a parameter stands for, by the path up to it.</summary>
    private static readonly Dictionary<string, string> ByPath = new()
    {
        ["/compute/v2.1/flavors/"] = "small",
        ["/compute/v2.1/os-hypervisors/"] = "{hypervisor}",
        ["/compute/v2.1/os-keypairs/"] = "key",
        ["/compute/v2.1/os-quota-class-sets/"] = "default",
        ["/compute/v2.1/os-quota-sets/"] = "{mine}",
        ["/compute/v2.1/os-security-group-rules/"] = "{rule}",
        ["/compute/v2.1/os-security-groups/"] = "{security_group}",
        ["/compute/v2.1/servers/"] = "{server}",
        ["/compute/v2.1/servers/{id}/os-volume_attachments/"] = "{attached_volume}",
        ["/identity/v3/OS-INHERIT/domains/{domain_id}/users/"] = "{none-user}",
        ["/identity/v3/OS-INHERIT/projects/{project_id}/users/"] = "{none-user}",
        ["/identity/v3/domains/{domain_id}/users/"] = "{none-user}",
        ["/identity/v3/groups/{group_id}/users/"] = "{none-user}",
        ["/identity/v3/projects/{project_id}/users/"] = "{none-user}",
        ["/identity/v3/system/users/"] = "{none-user}",
        ["/identity/v3/users/{user_id}/application_credentials/"] = "{application_credential}",
        ["/image/v2/images/"] = "{image}",
        ["/network/v2.0/agents/"] = "{agent}",
        ["/network/v2.0/address-groups/"] = "{address_group}",
        ["/network/v2.0/rbac-policies/"] = "{rbac_policy}",
        ["/network/v2.0/address-scopes/"] = "{address_scope}",
        ["/network/v2.0/network-ip-availabilities/"] = "{network}",
        ["/network/v2.0/networks/"] = "{network}",
        ["/network/v2.0/ports/"] = "{port}",
        ["/network/v2.0/quotas/"] = "{mine}",
        ["/network/v2.0/security-group-rules/"] = "{rule}",
        ["/network/v2.0/security-groups/"] = "{security_group}",
        ["/network/v2.0/default-security-group-rules/"] = "{default_rule}",
        ["/network/v2.0/auto-allocated-topology/"] = "{mine}",
        ["/network/v2.0/subnetpools/"] = "{subnet_pool}",
        ["/network/v2.0/routers/"] = "{router}",
        ["/network/v2.0/floatingips/"] = "{floatingip}",
        ["/network/v2.0/floatingips/{floatingip_id}/port_forwardings/"] = "{port_forwarding}",
        ["/network/v2.0/segments/"] = "{segment}",
        ["/network/v2.0/trunks/"] = "{trunk}",
        ["/network/v2.0/subnets/"] = "{subnet}",
        ["/network/v2.0/qos/policies/"] = "{qos_policy}",
        ["/network/v2.0/qos/policies/{policy}/bandwidth_limit_rules/"] = "{qos_rule}",
        ["/network/v2.0/qos/alias_bandwidth_limit_rules/"] = "{qos_rule}",
        ["/network/v2.0/qos/rule-types/"] = "bandwidth_limit",
        ["/network/v2.0/"] = "networks",
        ["/network/v2.0/{collection}/"] = "{network}",
        ["/volume/v3/attachments/"] = "{attachment}",
        ["/volume/v3/backups/"] = "{backup}",
        ["/hosts/v1/{host}/backups/"] = "{backup}",
        ["/volume/v3/capabilities/"] = "{backend}",
        ["/volume/v3/default-types/"] = "{mine}",
        ["/volume/v3/extensions/"] = "os-quota-sets",
        ["/volume/v3/messages/"] = "{message}",
        ["/volume/v3/os-quota-class-sets/"] = "default",
        ["/volume/v3/os-quota-sets/"] = "{mine}",
        ["/volume/v3/os-services/"] = "disable",
        ["/volume/v3/os-volume-transfer/"] = "{transfer}",
        ["/volume/v3/volume-transfers/"] = "{transfer}",
        ["/volume/v3/qos-specs/"] = "{qos_specs}",
        ["/volume/v3/snapshots/"] = "{snapshot}",
        ["/volume/v3/volumes/"] = "{volume}",
        ["/volume/v3/types/"] = "{volume_type}",
        ["/audit/v1/events/"] = "{event}",
        ["/runtime/webhooks/durabletask/instances/"] = "{instance}",
        ["/runtime/webhooks/durabletask/deadletters/"] = "1",
        ["/hosts/v1/quarantine/"] = "1",
        ["/hosts/v1/{host}/servers/"] = "{server}",
    };

    /// <summary>The same by its name, where that says it.</summary>
    private static readonly Dictionary<string, string> ByName = new()
    {
        ["domain_id"] = "{domain}",
        ["project_id"] = "{mine}",
        ["user_id"] = "{member-user}",
        ["group_id"] = "{group}",
        ["role_id"] = "{role}",
        ["prior_role_id"] = "{prior}",
        ["implied_role_id"] = "{implied}",
        ["region_id"] = "{region}",
        ["service_id"] = "{service}",
        ["endpoint_id"] = "{endpoint}",
        ["registered_limit_id"] = "{registered_limit}",
        ["limit_id"] = "{limit}",
        ["class_name"] = "default",
        ["trust_id"] = "{trust}",
        ["credential_id"] = "{credential}",
        ["access_rule_id"] = "{access_rule}",
        ["access"] = "{access}",
        ["idp_id"] = "provider",
        ["protocol_id"] = "protocol",
        ["mapping_id"] = "mapping",
        ["value"] = "tag",
        ["tag"] = "tag",
        ["key"] = "a",
        ["network"] = "mine",
        ["port"] = "{port}",
        ["router"] = "{router}",
        ["action"] = "{request}",
        ["eventName"] = "go",
        ["pattern"] = "host-1",
        ["alias"] = "quotas",
        ["host"] = "host-1",
        ["image"] = "{image}",
        ["ask"] = "1",
        ["name"] = "1",
        ["owner"] = "{backup}",
        ["part"] = "manifest",
    };

    /// <summary>What all see, by the path up to it.</summary>
    private static readonly Dictionary<string, string> SharedByPath = new()
    {
        ["/image/v2/images/"] = "{public_image}",
        ["/network/v2.0/networks/"] = "{shared_network}",
        ["/network/v2.0/subnets/"] = "{shared_subnet}",
        ["/network/v2.0/{collection}/"] = "{shared_network}",
    };

    /// <summary>What a body says it is, where that is not JSON.</summary>
    private static readonly Dictionary<string, string> ContentTypes = new()
    {
        ["image-update-image"] = "application/openstack-images-v2.1-json-patch",
        ["image-upload-file"] = "application/octet-stream",
    };

    public string ContentType => ContentTypes.GetValueOrDefault(Function, "application/json");

    /// <summary>A PUT that says all in its path: a grant, a member, a tag. What it makes is there before others are asked.</summary>
    public bool MakesByPath =>
        Method == "PUT"
        && (
            Path.Contains("/roles/", StringComparison.Ordinal)
            || Path.EndsWith("/users/{user_id}", StringComparison.Ordinal)
            || Path.EndsWith("/tags/{value}", StringComparison.Ordinal)
            || Path.EndsWith("/tags/{tag}", StringComparison.Ordinal)
        );

    /// <summary>Every route of the table; those of what can be shared twice.</summary>
    public static IEnumerable<Surface> All(string routes) =>
        routes
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(words => new Surface(words[0], words[1], words[5]))
            .SelectMany(one => one.CanBeShared ? [one, one with { Shared = true }] : (Surface[])[one]);

    public override string ToString() => $"{Method} {Path}{(Shared ? " (shared)" : "")}";

    private bool CanBeShared =>
        SharedByPath.Keys.Any(prefix => Path.StartsWith(prefix + '{', StringComparison.Ordinal));

    /// <summary>The path with the estate's things in it.</summary>
    /// <exception cref="KeyNotFoundException">A parameter that nobody said of what it stands for: no route is left out.</exception>
    public string Target(Estate estate)
    {
        var (asked, filled) = ("", "");
        foreach (var segment in Path[1..].Split('/'))
        {
            asked += '/';
            filled += '/';
            var shared = Shared ? SharedByPath.GetValueOrDefault(asked) : null;
            filled += segment is ['{', .. var name, '}']
                ? estate.Fill(shared ?? ByPath.GetValueOrDefault(asked) ?? ByName[name])
                : segment;
            asked += segment;
        }
        return filled;
    }
}
