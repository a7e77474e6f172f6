using Pipeline.Contracts.Drivers;
using Pipeline.Network.Networks;
using Pipeline.Network.Ports;
using Pipeline.Network.Qos;

namespace Pipeline.Network.Hosts;

/// <summary>What limits a port, as its host is told. Pure.</summary>
internal static class PortLimits
{
    /// <summary>Of a rate's second, the share that may pass at once where a rule says nothing: as in Neutron, 80 %.</summary>
    private const int UsualBurst = 80;

    /// <summary>A port's own policy, else its network's; what limits a network does not limit the routers on it.</summary>
    public static QosPolicyId? PolicyOf(PortRow port, NetworkRow network) =>
        port.QosPolicyId ?? (port.IsRouters ? null : network.QosPolicyId);

    /// <summary>Null for no limit.</summary>
    public static HostLimit? Of(QosPolicyId? policy, string direction, ILookup<QosPolicyId, BandwidthLimitRow> rules) =>
        policy is { } known && rules[known].FirstOrDefault(r => r.Direction == direction) is { MaxKbps: > 0 } rule
            ? new(rule.MaxKbps, rule.MaxBurstKbps > 0 ? rule.MaxBurstKbps : Usual(rule.MaxKbps))
            : null;

    private static int Usual(int kbps) => (int)Math.Max(1, (long)kbps * UsualBurst / 100);
}
