using System.Text.Json;
using Pipeline.Network.Networks;
using Pipeline.Network.Ports;

namespace Pipeline.Network.Mechanisms.LinuxBridge;

/// <summary>
/// The precommit half of the mechanism driver: which ports it can bind, and how a binding is shown. The host half is the
/// agents' driver; the postcommit half are the orchestrations.
/// </summary>
internal static class BridgeBinding
{
    /// <summary>As rule types name what enforces them.</summary>
    public const string Name = "linux-bridge";

    private const string VnicType = "normal";
    private static readonly string[] Carries = ["local", "flat", "vxlan"];

    /// <exception cref="Fault">Conflict for a segment that bridges do not carry.</exception>
    public static NetworkRow Carried(NetworkRow network) =>
        Carries.Contains(network.NetworkType)
            ? network
            : throw Fault.Conflict(
                $"Binding failed for a port of network {network.Id}: no mechanism carries '{network.NetworkType}'.",
                "PortBindingFailed"
            );

    /// <exception cref="Fault">BadRequest for a kind of interface that a bridge does not have.</exception>
    public static void CheckVnicType(string asked)
    {
        if (asked != VnicType)
            throw NeutronFault.Invalid("binding:vnic_type", $"{asked} is not in valid_values.");
    }

    public static string ShownVnicType => VnicType;

    /// <summary>ML2's words: a host that an admin named and where no server has the port was not bound.</summary>
    public static string VifType(PortRow port) =>
        port.HostId is not null ? "bridge"
        : port.BindingHost.Length > 0 ? "binding_failed"
        : "unbound";

    public static void WriteDetails(Utf8JsonWriter json, PortRow port)
    {
        json.WriteStartObject();
        if (port.HostId is not null)
            json.WriteBoolean("port_filter", true);
        json.WriteEndObject();
    }
}
