using System.Text.Json;
using Pipeline.Network.Tags;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Trunks;

internal static class TrunkView
{
    public static Collection<TrunkItem> All { get; } =
        new(
            "trunk",
            "trunks",
            "network/v2.0/trunks",
            Shown<TrunkItem>.Text("id", Use.Find, t => t.Row.Id.ToString()),
            Shown<TrunkItem>.Text("name", Use.Write | Use.Find, t => t.Row.Name),
            Shown<TrunkItem>.Text("tenant_id", Use.Create | Use.Find, t => t.Row.ProjectId.Value) with
            {
                Column = "x.project_id",
            },
            Shown<TrunkItem>.Text("port_id", Use.Create | Use.Find, t => t.Row.PortId.ToString()),
            Shown<TrunkItem>.Text("status", Use.Find, t => t.Row.Status) with
            {
                Column = TrunkStore.Status,
            },
            Shown<TrunkItem>.Flag("admin_state_up", Use.Write | Use.Find, t => t.Row.AdminStateUp),
            Shown<TrunkItem>.Objects("sub_ports", Use.Create, t => t.Subports, WriteSubport),
            Shown<TrunkItem>.Text("description", Use.Write | Use.Find, t => t.Row.Description),
            Shown<TrunkItem>.Texts("tags", Use.None, t => t.Tags),
            Shown<TrunkItem>.Time("created_at", t => t.Row.CreatedAt),
            Shown<TrunkItem>.Time("updated_at", t => t.Row.UpdatedAt),
            Shown<TrunkItem>.Number("revision_number", Use.Find, t => t.Row.RevisionNumber),
            Shown<TrunkItem>.Text("project_id", Use.Create | Use.Find, t => t.Row.ProjectId.Value)
        )
        {
            Filters = TagFilters.All,
        };

    public static void WriteSubports(Utf8JsonWriter json, TrunkItem trunk) =>
        json.WriteObjects("sub_ports", trunk.Subports, WriteSubport);

    /// <summary>The trunk as its parent shows it.</summary>
    public static void WriteDetails(Utf8JsonWriter json, TrunkDetails trunk)
    {
        json.WriteStartObject();
        json.WriteString("trunk_id", trunk.Id.ToString());
        json.WriteObjects(
            "sub_ports",
            trunk.Subports,
            (j, subport) =>
            {
                WriteSubport(j, subport);
                j.WriteString("mac_address", subport.MacAddress);
            }
        );
        json.WriteEndObject();
    }

    private static void WriteSubport(Utf8JsonWriter json, SubportRow subport)
    {
        json.WriteString("port_id", subport.PortId.ToString());
        json.WriteString("segmentation_type", SubportRow.Vlan);
        json.WriteNumber("segmentation_id", subport.SegmentationId);
    }
}
