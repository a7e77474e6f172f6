using System.Text.Json;
using Pipeline.Contracts.Network;

namespace Pipeline.Compute.SecurityGroups;

/// <summary>Security groups as Nova shows them: rules for what comes in, with every port range spelt out.</summary>
internal static class SecurityGroupView
{
    private const int LastPort = 65_535;

    public static Answer All(IReadOnlyList<SecurityGroupFacts> groups) =>
        Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("security_groups");
                foreach (var group in groups)
                    Write(w, group);
                w.WriteEndArray();
                w.WriteEndObject();
            }
        );

    public static Answer One(SecurityGroupFacts group) =>
        Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WritePropertyName("security_group");
                Write(w, group);
                w.WriteEndObject();
            }
        );

    private static void Write(Utf8JsonWriter w, SecurityGroupFacts group)
    {
        w.WriteStartObject();
        w.WriteString("id", group.Id.Value);
        w.WriteString("name", group.Name);
        w.WriteString("description", group.Description);
        w.WriteString("tenant_id", group.Project.Value);
        w.WriteStartArray("rules");
        foreach (var rule in group.Rules.Where(r => r.Ingress))
            Write(w, group.Project, rule);
        w.WriteEndArray();
        w.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter w, ProjectId project, SecurityGroupRuleFacts rule)
    {
        var (from, to) = PortsOf(rule);
        w.WriteStartObject();
        w.WriteString("id", rule.Id);
        w.WriteString("parent_group_id", rule.Group.Value);
        w.WriteString("ip_protocol", rule.Protocol);
        Number(w, "from_port", from);
        Number(w, "to_port", to);
        w.WriteStartObject("group");
        if (rule.RemoteGroup is { } remote)
        {
            w.WriteString("name", remote);
            w.WriteString("tenant_id", project.Value);
        }
        w.WriteEndObject();
        w.WriteStartObject("ip_range");
        if (rule.RemoteGroup is null)
            w.WriteString("cidr", rule.RemotePrefix ?? "0.0.0.0/0");
        w.WriteEndObject();
        w.WriteEndObject();
    }

    /// <summary>All ports are 1 to 65535 where there are ports, and -1 where there are none.</summary>
    private static (int? From, int? To) PortsOf(SecurityGroupRuleFacts rule) =>
        rule is not { Protocol: not null, FromPort: null, ToPort: null } ? (rule.FromPort, rule.ToPort)
        : rule.Protocol is "tcp" or "udp" ? (1, LastPort)
        : (-1, -1);

    private static void Number(Utf8JsonWriter w, string name, int? value)
    {
        if (value is { } number)
            w.WriteNumber(name, number);
        else
            w.WriteNull(name);
    }
}
