using System.Text.Json;

namespace Pipeline.Network.Ports;

/// <summary>Kinds of interface, by Neutron's names. Whether there is one is its mechanism's to say, when the port is bound.</summary>
internal static class VnicTypes
{
    public const string Normal = "normal";

    private static readonly string[] All =
    [
        Normal,
        "direct",
        "direct-physical",
        "macvtap",
        "baremetal",
        "virtio-forwarder",
        "smart-nic",
        "vdpa",
        "accelerator-direct",
        "accelerator-direct-physical",
        "remote-managed",
    ];

    /// <exception cref="Fault">BadRequest.</exception>
    public static string Read(Field field)
    {
        var asked = field.String();
        return All.Contains(asked)
            ? asked
            : throw NeutronFault.Invalid("binding:vnic_type", $"{asked} is not in valid_values.");
    }

    /// <summary>ML2's words: a host that an admin named and where nothing has the port was not bound.</summary>
    public static string VifType(PortRow port) =>
        port.HostId is not null ? port.VifType
        : port.BindingHost.Length > 0 ? "binding_failed"
        : "unbound";

    public static void WriteDetails(Utf8JsonWriter json, PortRow port)
    {
        json.WriteStartObject();
        if (port.HostId is not null)
            json.WriteBoolean("port_filter", port.PortFilter);
        json.WriteEndObject();
    }
}
