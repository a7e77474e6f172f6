using System.Net;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>
/// What a guest may claim to be: its own Ethernet, IPv4, IPv6 and ARP addresses, and neither a DHCP server nor a router.
/// Stateless rules in nft's bridge family, where a frame enters the bridge. Pure.
/// </summary>
internal static class SpoofingRules
{
    public static string ChainName(FilteredPort port) => $"enter-{port.Key}";

    public static IEnumerable<string> Of(FilteredPort port)
    {
        var senders = port.Senders;
        yield return senders.Count == 1
            ? $"ether saddr != {senders[0].Mac} drop"
            : $"ether saddr != {Rules.Set(senders.Select(sender => sender.Mac))} drop";
        yield return "ether type != { ip, arp, ip6 } drop";
        yield return $"meta mark set {port.Number}";
        foreach (var rule in senders.SelectMany(sender => Arp(sender, Only(senders, sender))))
            yield return rule;
        yield return "ether type ip ip saddr 0.0.0.0 udp sport 68 udp dport 67 accept";
        foreach (var rule in senders.Select(sender => Ipv4(sender, Only(senders, sender))))
            yield return rule;
        yield return "ether type ip udp sport 67 udp dport 68 drop";
        foreach (var rule in Ipv6(port))
            yield return rule;
        yield return "accept";
    }

    /// <summary>Which of a port's Ethernet addresses a rule is about; nothing where it has one.</summary>
    private static string Only(IReadOnlyList<Sender> senders, Sender sender) =>
        senders.Count == 1 ? "" : $"ether saddr {sender.Mac} ";

    // 0.0.0.0 is the sender of a probe (RFC 5227) and of a request for a first lease.
    private static IEnumerable<string> Arp(Sender sender, string only) =>
        [
            $"{only}ether type arp arp saddr ether != {sender.Mac} drop",
            $"{only}ether type arp arp saddr ip != {Rules.Set(Probing(sender.Ipv4))} drop",
        ];

    /// <summary>All addresses have the probe's among them already.</summary>
    private static IEnumerable<string> Probing(IReadOnlyList<string> addresses) =>
        addresses.Contains("0.0.0.0/0") ? addresses : ["0.0.0.0", .. addresses];

    private static string Ipv4(Sender sender, string only) =>
        sender.Ipv4.Count > 0
            ? $"{only}ether type ip ip saddr != {Rules.Set(sender.Ipv4)} drop"
            : $"{only}ether type ip drop";

    // The unspecified address sends duplicate address detection and joins the groups that it needs (RFC 4862, RFC 3810).
    private static IEnumerable<string> Ipv6(FilteredPort port) =>
        [
            "ether type ip6 ip6 saddr :: icmpv6 type { 131, 133, 135, 143 } accept",
            $"ether type ip6 ip6 saddr != {Rules.Set(port.Ipv6)} drop",
            "ether type ip6 icmpv6 type { nd-router-advert, nd-redirect } drop",
            $"ether type ip6 icmpv6 type nd-neighbor-advert @th,64,128 != {Rules.Set(port.Ipv6.Select(Hex))} drop",
            "ether type ip6 udp sport 547 udp dport 546 drop",
        ];

    // nft before 1.0.8 has no word for the advertised address, so it is compared as a number.
    private static string Hex(string address) =>
        "0x" + Convert.ToHexStringLower(IPAddress.Parse(address).GetAddressBytes());
}
