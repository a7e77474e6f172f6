using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>
/// A port's security rules in nft's inet family. Every packet of a connection, in both directions, is judged by the rules
/// of the moment against the packet that opened the connection: what a removed rule allowed is cut with the rule,
/// and all other connections go on. A stateless port's packets are judged each by itself. Pure.
/// </summary>
internal static class SecurityRules
{
    // All of a link's (RFC 8415, section 7.1).
    private const string Dhcpv6Servers = "ff02::1:2";

    public static string Leaving(FilteredPort port) => $"from-{port.Key}";

    public static string Arriving(FilteredPort port) => $"to-{port.Key}";

    private static string Ingress(FilteredPort port) => $"in-{port.Key}";

    private static string Egress(FilteredPort port) => $"out-{port.Key}";

    /// <summary>The port's chains in the order in which they may be defined.</summary>
    /// <exception cref="Fault">BadRequest for a rule that cannot be.</exception>
    public static IEnumerable<FilterChain> Of(FilteredPort port, HostNetwork network, MemberSets members) =>
        [
            new(Ingress(port), Allowed(port, RuleDirection.Ingress, members)),
            new(Egress(port), Allowed(port, RuleDirection.Egress, members)),
            new(Leaving(port), LeavingRules(port, network)),
            new(Arriving(port), ArrivingRules(port)),
        ];

    // A lease and the metadata are the cloud's own business; neighbour discovery is never part of a connection.
    private static IReadOnlyList<string> LeavingRules(FilteredPort port, HostNetwork network) =>
        [
            .. SpoofingRules.Claims(port),
            $"udp sport 68 udp dport 67 ip daddr {Rules.Set(["255.255.255.255", .. network.Servers(4)])} accept",
            $"udp sport 546 udp dport 547 ip6 daddr {Rules.Set([Dhcpv6Servers, .. network.Servers(6)])} accept",
            $"ip daddr {Rules.MetadataAddress} tcp dport 80 accept",
            "icmpv6 type { 131, 132, 133, 135, 136, 143 } accept",
            .. Judged(port, Egress(port), Ingress(port)),
        ];

    private static IReadOnlyList<string> ArrivingRules(FilteredPort port) =>
        ["icmpv6 type { 130, 134, 135, 136 } accept", .. Judged(port, Ingress(port), Egress(port))];

    /// <param name="opening">The chain for packets of this direction; of connections where these are remembered.</param>
    /// <param name="opposite">The chain for answers in this direction.</param>
    private static string[] Judged(FilteredPort port, string opening, string opposite) =>
        port.Port.Stateless
            ? [$"goto {opening}"]
            : [$"ct direction original goto {opening}", $"ct direction reply goto {opposite}", "drop"];

    private static IReadOnlyList<string> Allowed(FilteredPort port, RuleDirection direction, MemberSets members) =>
        [
            .. port
                .Port.Rules.Where(rule => rule.Direction == direction)
                .Select(rule => Lower(rule, port.Port.Stateless, members))
                .OfType<string>()
                .Distinct(),
            "drop",
        ];

    /// <summary>One rule as text; null when its remote is nobody of that family, so that it allows nothing.</summary>
    private static string? Lower(PortRule rule, bool stateless, MemberSets members)
    {
        var (family, remote) = rule.EtherType switch
        {
            4 => ("meta nfproto ipv4", "ip"),
            6 => ("meta nfproto ipv6", "ip6"),
            _ => throw Fault.BadRequest($"ether type {rule.EtherType} is neither 4 nor 6"),
        };
        var words = new List<string> { family };
        if (rule.Remote is { } prefixes)
        {
            if ((MemberSets.IsNamed(rule) ? members.NameOf(rule) : SetOf(prefixes, rule.EtherType)) is not { } set)
                return null;
            var side = rule.Direction == RuleDirection.Ingress ? "saddr" : "daddr";
            words.Add($"{(stateless ? "" : "ct original ")}{remote} {side} {set}");
        }
        words.AddRange(ProtocolRules.Of(rule, stateless));
        return string.Join(' ', [.. words, "accept"]);
    }

    private static string? SetOf(IReadOnlyList<string> prefixes, int etherType) =>
        Prefixes.Merge(prefixes, etherType) is { Count: > 0 } merged ? Rules.Set(merged) : null;
}
