using System.Text.Json;
using Pipeline.Network.Rbac;
using Pipeline.Network.SecurityGroupRules;
using Pipeline.Network.Tags;
using Pipeline.Network.Wire;

namespace Pipeline.Network.SecurityGroups;

internal static class SecurityGroupView
{
    public static Collection<SecurityGroupItem> All { get; } =
        new(
            "security_group",
            "security_groups",
            "network/v2.0/security-groups",
            Shown<SecurityGroupItem>.Text("id", Use.Find, g => g.Row.Id.ToString()),
            Shown<SecurityGroupItem>.Text("name", Use.Write | Use.Find, g => g.Row.Name),
            Shown<SecurityGroupItem>.Flag("stateful", Use.Write | Use.Find, g => g.Row.Stateful),
            Shown<SecurityGroupItem>.Text("tenant_id", Use.Create | Use.Find, g => g.Row.ProjectId.Value) with
            {
                Column = "x.project_id",
            },
            Shown<SecurityGroupItem>.Text("description", Use.Write | Use.Find, g => g.Row.Description),
            new("security_group_rules", Use.None, (json, g) => WriteRules(json, g)),
            Shown<SecurityGroupItem>.Texts("tags", Use.None, g => g.Tags),
            Shown<SecurityGroupItem>.Flag("shared", Use.Find, g => g.Shared) with
            {
                Column = RbacStore.IsShared,
            },
            Shown<SecurityGroupItem>.Time("created_at", g => g.Row.CreatedAt),
            Shown<SecurityGroupItem>.Time("updated_at", g => g.Row.UpdatedAt),
            Shown<SecurityGroupItem>.Number("revision_number", Use.Find, g => g.Row.RevisionNumber),
            Shown<SecurityGroupItem>.Text("project_id", Use.Create | Use.Find, g => g.Row.ProjectId.Value)
        )
        {
            Filters = TagFilters.All,
        };

    private static void WriteRules(Utf8JsonWriter json, SecurityGroupItem group)
    {
        json.WriteStartArray();
        foreach (var rule in group.Rules)
            SecurityGroupRuleView.All.Write(json, rule, [], admin: false);
        json.WriteEndArray();
    }
}
