using System.Net;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>
/// What passes between a network's hosts. Each of them serves leases, names and metadata itself, from the same addresses:
/// what is about those never leaves a host, nor comes into one. Nor has anything a tag towards a physical network, where tags
/// say whose a frame is. Pure.
/// </summary>
internal static class UplinkRules
{
    public const string Chain = "uplink";

    private const string Tagged = "ether type { 0x8100, 0x88a8 } drop";

    public static bool Has(HostNetwork network) => network.SegmentType is "vxlan" or "flat" or "vlan";

    /// <summary>What comes from other hosts; theirs have judged what their guests may claim to be.</summary>
    public static IEnumerable<string> Entering(HostNetwork network)
    {
        var mac = Names.BridgeMac(network.Id);
        var served = Rules.Set(Served4(network));
        if (network.PhysicalNetwork is not null)
            yield return Tagged;
        yield return $"ether saddr {mac} drop";
        yield return $"ether daddr {mac} drop";
        yield return $"ether type arp arp saddr ip {served} drop";
        yield return $"ether type arp arp daddr ip {served} drop";
        if (network.IsServed(4))
            yield return "ether type ip udp dport 67 drop";
        foreach (var rule in Ipv6(network))
            yield return rule;
        yield return "accept";
    }

    /// <summary>What guests say to their own host's servers.</summary>
    public static IEnumerable<string> Leaving(HostNetwork network)
    {
        var device = $"oifname \"{Names.Uplink(network.Id)}\"";
        yield return $"{device} ether daddr {Names.BridgeMac(network.Id)} drop";
        yield return $"{device} ether type arp arp daddr ip {Rules.Set(Served4(network))} drop";
        // A tag would lead into another VLAN there, or past what is judged by a packet's addresses.
        if (network.PhysicalNetwork is not null)
            yield return $"{device} {Tagged}";
        if (network.IsServed(4))
            yield return $"{device} ether type ip udp dport 67 drop";
        foreach (var rule in Ipv6(network))
            yield return $"{device} {rule}";
    }

    /// <summary>The servers speak to this host's guests alone.</summary>
    public static IEnumerable<string> Sent(HostNetwork network) =>
        Has(network) ? [$"oifname \"{Names.Uplink(network.Id)}\" drop"] : [];

    private static IEnumerable<string> Served4(HostNetwork network) => [.. network.Servers(4), Rules.MetadataAddress];

    /// <summary>The servers' neighbours by IPv6 ask for them on their own host alone.</summary>
    private static IEnumerable<string> Ipv6(HostNetwork network)
    {
        if (!network.IsServed(6))
            return [];
        var served = network.Servers(6).Append(LinkLocal.Of(Names.BridgeMac(network.Id)));
        var numbers = Rules.Set(served.Select(address => Rules.Number(IPAddress.Parse(address).GetAddressBytes())));
        return
        [
            $"ether type ip6 icmpv6 type {{ nd-neighbor-solicit, nd-neighbor-advert }} @th,64,128 {numbers} drop",
            "ether type ip6 udp dport 547 drop",
        ];
    }
}
