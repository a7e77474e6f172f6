using Pipeline.Network.AddressGroups;
using Pipeline.Network.AddressScopes;
using Pipeline.Network.Networks;
using Pipeline.Network.PrefixPools;
using Pipeline.Network.Qos;
using Pipeline.Network.SecurityGroups;

namespace Pipeline.Network.Rbac;

/// <summary>A kind of thing that policies share: where it is stored, and who uses one of it.</summary>
/// <param name="Users">SQL: the projects that have something which depends on the thing `@id`.</param>
internal sealed record SharedType(string Name, string Table, string Users)
{
    public IReadOnlyList<string> Actions { get; init; } = [RbacPolicyRow.Shared];

    private static readonly IReadOnlyList<SharedType> All =
    [
        new(
            NetworkRow.Type,
            "networks",
            """
            SELECT DISTINCT project_id FROM ports
            WHERE network_id = @id AND device_owner NOT LIKE 'network:%' AND deleted_at IS NULL ORDER BY project_id
            """
        )
        {
            Actions = [RbacPolicyRow.Shared, RbacPolicyRow.External],
        },
        new(
            SecurityGroupRow.Type,
            "security_groups",
            """
            SELECT DISTINCT p.project_id FROM port_security_groups g JOIN ports p ON p.id = g.port_id
            WHERE g.security_group_id = @id AND p.deleted_at IS NULL ORDER BY p.project_id
            """
        ),
        new(
            AddressScopeRow.Type,
            "address_scopes",
            "SELECT DISTINCT project_id FROM subnet_pools WHERE address_scope_id = @id ORDER BY project_id"
        ),
        new(
            SubnetPoolRow.Type,
            "subnet_pools",
            "SELECT DISTINCT project_id FROM subnets WHERE subnetpool_id = @id ORDER BY project_id"
        ),
        new(
            AddressGroupRow.Type,
            "address_groups",
            "SELECT DISTINCT project_id FROM security_group_rules WHERE remote_address_group_id = @id ORDER BY project_id"
        ),
        new(
            QosPolicyRow.Type,
            "qos_policies",
            """
            SELECT project_id FROM networks WHERE qos_policy_id = @id AND deleted_at IS NULL
            UNION SELECT project_id FROM ports WHERE qos_policy_id = @id AND deleted_at IS NULL ORDER BY 1
            """
        ),
    ];

    public static SharedType? Find(string name) => All.FirstOrDefault(t => t.Name == name);
}
