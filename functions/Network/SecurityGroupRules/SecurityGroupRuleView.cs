using Pipeline.Network.Wire;

namespace Pipeline.Network.SecurityGroupRules;

internal static class SecurityGroupRuleView
{
    public static Collection<SecurityGroupRuleRow> All { get; } =
        new(
            "security_group_rule",
            "security_group_rules",
            "network/v2.0/security-group-rules",
            Shown<SecurityGroupRuleRow>.Text("id", Use.Find, r => r.Id.ToString()),
            Shown<SecurityGroupRuleRow>.Text("tenant_id", Use.Create | Use.Find, r => r.ProjectId.Value) with
            {
                Column = "x.project_id",
            },
            Shown<SecurityGroupRuleRow>.Text("security_group_id", Given, r => r.SecurityGroupId.ToString()),
            Shown<SecurityGroupRuleRow>.Text("ethertype", Given, r => r.Ethertype),
            Shown<SecurityGroupRuleRow>.Text("direction", Given, r => r.Direction),
            Shown<SecurityGroupRuleRow>.Text("protocol", Given, r => r.Protocol),
            Shown<SecurityGroupRuleRow>.Number("port_range_min", Given, r => r.PortRangeMin),
            Shown<SecurityGroupRuleRow>.Number("port_range_max", Given, r => r.PortRangeMax),
            Shown<SecurityGroupRuleRow>.Text("remote_ip_prefix", Given, r => r.RemoteIpPrefix),
            Shown<SecurityGroupRuleRow>.Text("normalized_cidr", Use.Find, r => r.NormalizedCidr),
            Shown<SecurityGroupRuleRow>.Text("remote_group_id", Given, r => r.RemoteGroupId?.ToString()),
            Shown<SecurityGroupRuleRow>.Text("remote_address_group_id", Given, r => r.RemoteAddressGroupId?.ToString()),
            Shown<SecurityGroupRuleRow>.Text("description", Given, r => r.Description),
            Shown<SecurityGroupRuleRow>.Time("created_at", r => r.CreatedAt),
            Shown<SecurityGroupRuleRow>.Time("updated_at", r => r.UpdatedAt),
            Shown<SecurityGroupRuleRow>.Number("revision_number", Use.Find, r => r.RevisionNumber),
            Shown<SecurityGroupRuleRow>.Text("project_id", Use.Create | Use.Find, r => r.ProjectId.Value)
        );

    /// <summary>Rules are never changed, only made and deleted.</summary>
    private const Use Given = Use.Create | Use.Find;
}
