using System.Text.Json;
using Pipeline.Network.Rbac;
using Pipeline.Network.Tags;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Qos;

internal static class QosPolicyView
{
    public static Collection<QosPolicyItem> All { get; } =
        new(
            "policy",
            "policies",
            "network/v2.0/qos/policies",
            Shown<QosPolicyItem>.Text("id", Use.Find, p => p.Row.Id.ToString()),
            Shown<QosPolicyItem>.Text("name", Use.Write | Use.Find, p => p.Row.Name),
            Shown<QosPolicyItem>.Text("tenant_id", Use.Create | Use.Find, p => p.Row.ProjectId.Value) with
            {
                Column = "x.project_id",
            },
            Shown<QosPolicyItem>.Flag("shared", Use.Write | Use.Find | Use.AdminSets, p => p.Shared) with
            {
                Column = RbacStore.IsShared,
            },
            Shown<QosPolicyItem>.Objects("rules", Use.None, p => p.Rules, WriteRule),
            Shown<QosPolicyItem>.Flag("is_default", Use.Write | Use.Find, p => p.Row.IsDefault),
            Shown<QosPolicyItem>.Text("description", Use.Write | Use.Find, p => p.Row.Description),
            Shown<QosPolicyItem>.Texts("tags", Use.None, p => p.Tags),
            Shown<QosPolicyItem>.Time("created_at", p => p.Row.CreatedAt),
            Shown<QosPolicyItem>.Time("updated_at", p => p.Row.UpdatedAt),
            Shown<QosPolicyItem>.Number("revision_number", Use.Find, p => p.Row.RevisionNumber),
            Shown<QosPolicyItem>.Text("project_id", Use.Create | Use.Find, p => p.Row.ProjectId.Value)
        )
        {
            Filters = TagFilters.All,
        };

    private static void WriteRule(Utf8JsonWriter json, BandwidthLimitRow rule)
    {
        json.WriteString("id", rule.Id.ToString());
        json.WriteString("qos_policy_id", rule.QosPolicyId.ToString());
        json.WriteNumber("max_kbps", rule.MaxKbps);
        json.WriteNumber("max_burst_kbps", rule.MaxBurstKbps);
        json.WriteString("direction", rule.Direction);
        json.WriteString("type", BandwidthLimitRow.Type);
    }
}
