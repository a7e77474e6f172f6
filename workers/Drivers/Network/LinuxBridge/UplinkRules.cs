using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>
/// What passes between a network's hosts. Each of them serves leases, names and metadata itself, from the same addresses:
/// what is about those never leaves a host, nor comes into one. Pure.
/// </summary>
internal static class UplinkRules
{
    public const string Chain = "uplink";

    public static bool Has(HostNetwork network) => network.SegmentType is "vxlan" or "flat";

    /// <summary>What comes from other hosts; theirs have judged what their guests may claim to be.</summary>
    public static IEnumerable<string> Entering(HostNetwork network)
    {
        var mac = Names.BridgeMac(network.Id);
        var served = Rules.Set(Served(network));
        yield return $"ether saddr {mac} drop";
        yield return $"ether daddr {mac} drop";
        yield return $"ether type arp arp saddr ip {served} drop";
        yield return $"ether type arp arp daddr ip {served} drop";
        if (IsServed(network))
            yield return "ether type ip udp dport 67 drop";
        yield return "accept";
    }

    /// <summary>What guests say to their own host's servers.</summary>
    public static IEnumerable<string> Leaving(HostNetwork network)
    {
        var device = $"oifname \"{Names.Uplink(network.Id)}\"";
        yield return $"{device} ether daddr {Names.BridgeMac(network.Id)} drop";
        yield return $"{device} ether type arp arp daddr ip {Rules.Set(Served(network))} drop";
        if (IsServed(network))
            yield return $"{device} ether type ip udp dport 67 drop";
    }

    /// <summary>The servers speak to this host's guests alone.</summary>
    public static IEnumerable<string> Sent(HostNetwork network) =>
        Has(network) ? [$"oifname \"{Names.Uplink(network.Id)}\" drop"] : [];

    private static bool IsServed(HostNetwork network) => network.Subnets.Any(subnet => subnet.DhcpAddress is not null);

    private static IEnumerable<string> Served(HostNetwork network) =>
        network
            .Subnets.Select(subnet => subnet.DhcpAddress)
            .OfType<string>()
            .Select(Prefixes.ParseAddress)
            .Where(address => Prefixes.IsFamily(address, 4))
            .Select(address => address.ToString())
            .Append(Rules.MetadataAddress);
}
