using Pipeline.Network.Wire;

namespace Pipeline.Network.DefaultSecurityGroupRules;

internal static class DefaultRuleView
{
    public static Collection<DefaultRuleRow> All { get; } =
        new(
            "default_security_group_rule",
            "default_security_group_rules",
            "network/v2.0/default-security-group-rules",
            Shown<DefaultRuleRow>.Text("id", Use.Find, r => r.Id),
            Shown<DefaultRuleRow>.Text("description", Use.Create | Use.Filter, r => r.Description),
            Shown<DefaultRuleRow>.Text("direction", Given, r => r.Direction),
            Shown<DefaultRuleRow>.Text("ethertype", Given, r => r.Ethertype),
            Shown<DefaultRuleRow>.Text("protocol", Given, r => r.Protocol),
            Shown<DefaultRuleRow>.Number("port_range_min", Given, r => r.PortRangeMin),
            Shown<DefaultRuleRow>.Number("port_range_max", Given, r => r.PortRangeMax),
            Shown<DefaultRuleRow>.Text("remote_ip_prefix", Given, r => r.RemoteIpPrefix),
            Shown<DefaultRuleRow>.Text("remote_group_id", Given, r => r.RemoteGroupId) with
            {
                Column = $"(CASE WHEN x.among_members = 1 THEN '{DefaultRuleRow.Parent}' END)",
            },
            Shown<DefaultRuleRow>.Text("remote_address_group_id", Use.Create, _ => null),
            Shown<DefaultRuleRow>.Flag("used_in_default_sg", Use.Create | Use.Filter, r => r.UsedInDefaultSg),
            Shown<DefaultRuleRow>.Flag("used_in_non_default_sg", Use.Create | Use.Filter, r => r.UsedInNonDefaultSg),
            Shown<DefaultRuleRow>.Hidden("tenant_id", Use.Create),
            Shown<DefaultRuleRow>.Hidden("project_id", Use.Create)
        );

    /// <summary>Rules are never changed, only made and deleted.</summary>
    private const Use Given = Use.Create | Use.Find;
}
