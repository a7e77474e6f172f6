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
        port.DhcpOptions.Length > 0 ? [.. DhcpOptions.Parse(port.DhcpOptions).Select(Told)] : null;

    private static HostDhcpOption Told(DhcpOption option) =>
        new(option.Name, option.Value) { Version = option.Version == 6 ? 6 : null };
}
