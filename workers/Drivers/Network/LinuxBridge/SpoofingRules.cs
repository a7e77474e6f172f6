namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>
/// What a guest may claim to be: its own Ethernet, IPv4, IPv6 and ARP addresses, and neither a DHCP server nor a router.
/// Stateless rules in nft's bridge family, where a frame enters the bridge; what a packet of IPv6 says is judged in the inet
/// family, where the kernel has put together the fragments that would hide it. Pure.
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
        // The unspecified address sends duplicate address detection and joins the groups that it needs (RFC 4862, RFC 3810).
        yield return "ether type ip6 ip6 saddr :: icmpv6 type { 131, 133, 135, 143 } accept";
        foreach (var rule in senders.Select(sender => Ipv6(sender, Only(senders, sender))))
            yield return rule;
        yield return "accept";
    }

    /// <summary>Packets of IPv6 that pass for nobody, whatever a port's security rules are, for its chain in the inet family.</summary>
    public static IEnumerable<string> Claims(FilteredPort port)
    {
        var own = Prefixes.Merge(port.Senders.SelectMany(sender => sender.Ipv6), 6).Select(Numbers);
        var others = $"@th,64,128 != {Rules.Set(own)}";
        return
        [
            // Who asks for an address from none claims it: without this nobody could keep one.
            $"ip6 saddr :: icmpv6 type nd-neighbor-solicit {others} drop",
            $"icmpv6 type nd-neighbor-advert {others} drop",
            "icmpv6 type { nd-router-advert, nd-redirect } drop",
            "meta nfproto ipv6 udp sport 547 drop",
            "meta nfproto ipv6 udp dport 546 drop",
        ];
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

    private static string Ipv6(Sender sender, string only) =>
        sender.Ipv6.Count > 0
            ? $"{only}ether type ip6 ip6 saddr != {Rules.Set(sender.Ipv6)} drop"
            : $"{only}ether type ip6 drop";

    // nft before 1.0.8 has no word for the address that a neighbour is asked for, so it is compared as a number.
    private static string Numbers(string prefix)
    {
        var network = Prefixes.Parse(prefix);
        var (first, last) = (network.BaseAddress.GetAddressBytes(), Prefixes.Last(network).GetAddressBytes());
        return network.PrefixLength == 128 ? Rules.Number(first) : $"{Rules.Number(first)}-{Rules.Number(last)}";
    }
}
