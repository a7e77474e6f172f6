using System.Text.Json;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Agents;

/// <summary>What an agent tells of itself, in the words of Neutron's agent of its type; what nobody knows here is left out.</summary>
internal static class Configurations
{
    private const string Tunnel = "vxlan";

    /// <summary>Nothing of a host that has never reported.</summary>
    public static void Write(Utf8JsonWriter json, AgentKind kind, HostLoad? load)
    {
        json.WriteStartObject();
        if (load is not null && kind == AgentKind.Bridge)
            WriteBridge(json, load);
        else if (load is not null && kind == AgentKind.Dhcp)
            WriteDhcp(json, load);
        else if (load is not null && kind == AgentKind.Router)
            WriteRouter(json, load);
        json.WriteEndObject();
    }

    private static void WriteBridge(Utf8JsonWriter json, HostLoad load)
    {
        json.WriteNumber("devices", load.Ports);
        json.WriteString("tunneling_ip", load.Underlay);
        json.WritePropertyName("tunnel_types");
        // A driver that does not tell what it carries is one that was there before others: it carries tunnels.
        json.WriteTexts(
            load.Underlay.Length > 0 && (load.Segments is "" || load.Segments.Split(',').Contains(Tunnel))
                ? [Tunnel]
                : []
        );
    }

    private static void WriteDhcp(Utf8JsonWriter json, HostLoad load)
    {
        json.WriteNumber("networks", load.Networks);
        json.WriteNumber("subnets", load.Subnets);
        json.WriteNumber("ports", load.Ports);
    }

    /// <summary>`legacy` is what Neutron calls an agent whose routers are on one node each.</summary>
    private static void WriteRouter(Utf8JsonWriter json, HostLoad load)
    {
        json.WriteString("agent_mode", "legacy");
        json.WriteBoolean("handle_internal_only_routers", true);
        json.WriteNumber("routers", load.Routers);
        json.WriteNumber("ex_gw_ports", load.Gateways);
        json.WriteNumber("interfaces", load.Interfaces);
        json.WriteNumber("floating_ips", load.FloatingIps);
    }
}
