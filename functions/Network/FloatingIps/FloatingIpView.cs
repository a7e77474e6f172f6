using System.Text.Json;
using Pipeline.Network.PortForwardings;
using Pipeline.Network.Tags;
using Pipeline.Network.Wire;

namespace Pipeline.Network.FloatingIps;

internal static class FloatingIpView
{
    public static Collection<FloatingIpItem> All { get; } =
        new(
            "floatingip",
            "floatingips",
            "network/v2.0/floatingips",
            Shown<FloatingIpItem>.Text("id", Use.Find, f => f.Row.Id.ToString()),
            Shown<FloatingIpItem>.Text("tenant_id", Use.Create | Use.Find, f => f.Row.ProjectId.Value) with
            {
                Column = "x.project_id",
            },
            Shown<FloatingIpItem>.Text(
                "floating_ip_address",
                Use.Create | Use.Find | Use.AdminSets,
                f => f.Row.FloatingIpAddress
            ),
            Shown<FloatingIpItem>.Text(
                "floating_network_id",
                Use.Create | Use.Find,
                f => f.Row.FloatingNetworkId.ToString()
            ),
            Shown<FloatingIpItem>.Text("router_id", Use.Find, f => f.Row.RouterId?.ToString()),
            Shown<FloatingIpItem>.Text("port_id", Use.Write | Use.Find, f => f.Row.PortId?.ToString()),
            Shown<FloatingIpItem>.Text("fixed_ip_address", Use.Write | Use.Find, f => f.Row.FixedIpAddress),
            Shown<FloatingIpItem>.Text("status", Use.Find, f => f.Row.Status),
            Shown<FloatingIpItem>.Text("description", Use.Write | Use.Find, f => f.Row.Description),
            Shown<FloatingIpItem>.Text("dns_name", Use.Create, _ => ""),
            Shown<FloatingIpItem>.Text("dns_domain", Use.Create, _ => ""),
            new("port_details", Use.None, WritePort),
            new("port_forwardings", Use.None, (json, f) => PortForwardingView.Write(json, f.Forwardings)),
            Shown<FloatingIpItem>.Texts("tags", Use.None, f => f.Tags),
            Shown<FloatingIpItem>.Time("created_at", f => f.Row.CreatedAt),
            Shown<FloatingIpItem>.Time("updated_at", f => f.Row.UpdatedAt),
            Shown<FloatingIpItem>.Number("revision_number", Use.Find, f => f.Row.RevisionNumber),
            Shown<FloatingIpItem>.Text("project_id", Use.Create | Use.Find, f => f.Row.ProjectId.Value),
            Shown<FloatingIpItem>.Hidden("subnet_id", Use.Create)
        )
        {
            Filters = TagFilters.All,
        };

    private static void WritePort(Utf8JsonWriter json, FloatingIpItem item)
    {
        if (item.Port is not { } port)
        {
            json.WriteNullValue();
            return;
        }
        json.WriteStartObject();
        json.WriteString("name", port.Name);
        json.WriteString("network_id", port.NetworkId.ToString());
        json.WriteString("mac_address", port.MacAddress);
        json.WriteBoolean("admin_state_up", port.AdminStateUp);
        json.WriteString("status", port.Status);
        json.WriteString("device_id", port.DeviceId);
        json.WriteString("device_owner", port.DeviceOwner);
        json.WriteEndObject();
    }
}
