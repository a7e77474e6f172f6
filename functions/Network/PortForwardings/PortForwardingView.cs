using System.Text.Json;
using Pipeline.Network.Wire;

namespace Pipeline.Network.PortForwardings;

internal static class PortForwardingView
{
    public static Collection<PortForwardingRow> All { get; } =
        new(
            "port_forwarding",
            "port_forwardings",
            PathOf("{floatingip_id}"),
            Shown<PortForwardingRow>.Text("id", Use.Find, p => p.Id.ToString()),
            Shown<PortForwardingRow>.Text("protocol", Use.Write | Use.Find, p => p.Protocol),
            Shown<PortForwardingRow>.Text("internal_ip_address", Use.Write | Use.Find, p => p.InternalIpAddress),
            Shown<PortForwardingRow>.Number("internal_port", Use.Write | Use.Find, p => p.InternalPort),
            Shown<PortForwardingRow>.Text("internal_port_id", Use.Write | Use.Find, p => p.InternalPortId.ToString()),
            Shown<PortForwardingRow>.Number("external_port", Use.Write | Use.Find, p => p.ExternalPort),
            Shown<PortForwardingRow>.Text("description", Use.Write | Use.Find, p => p.Description),
            Shown<PortForwardingRow>.Hidden("project_id", Use.Create),
            Shown<PortForwardingRow>.Hidden("tenant_id", Use.Create)
        );

    /// <summary>Where those of one floating address are listed.</summary>
    public static string PathOf(string floating) => $"network/v2.0/floatingips/{floating}/port_forwardings";

    /// <summary>Those of a floating address, in its own view.</summary>
    public static void Write(Utf8JsonWriter json, IEnumerable<PortForwardingRow> forwardings)
    {
        json.WriteStartArray();
        foreach (var forwarding in forwardings)
            All.Write(json, forwarding, [], admin: false);
        json.WriteEndArray();
    }
}
