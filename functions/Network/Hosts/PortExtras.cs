using Pipeline.Contracts.Drivers;
using Pipeline.Network.Ports;

namespace Pipeline.Network.Hosts;

/// <summary>What most ports do not have, as hosts are told of it: null for nothing. Pure.</summary>
internal static class PortExtras
{
    public static IReadOnlyList<HostAddressPair>? Pairs(PortRow port) =>
        port.PortSecurityEnabled && port.AddressPairs.Length > 0
            ? [.. AddressPairs.Of(port).Select(p => new HostAddressPair(p.Mac, p.Prefix))]
            : null;

    public static IReadOnlyList<HostDhcpOption>? Options(PortRow port) =>
        port.DhcpOptions.Length > 0
            ? [.. DhcpOptions.Parse(port.DhcpOptions).Select(o => new HostDhcpOption(o.Name, o.Value))]
            : null;
}
