using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>
/// The part of a security rule that speaks of protocol, ports, and ICMP type and code: of the packet that opened the
/// connection, or, for a stateless port, of each packet. Pure.
/// </summary>
internal static class ProtocolRules
{
    private const int Icmp = 1;
    private const int Icmpv6 = 58;

    // TCP, UDP, DCCP, SCTP and UDP-Lite: the protocols with ports.
    private static readonly int[] Ported = [6, 17, 33, 132, 136];

    /// <exception cref="Fault">BadRequest for ports that the protocol cannot have.</exception>
    public static IEnumerable<string> Of(PortRule rule, bool stateless)
    {
        if (rule.Protocol is not { } number)
            return rule is { PortMin: null, PortMax: null }
                ? []
                : throw Fault.BadRequest("a rule with ports needs a protocol");
        if (number is < 0 or > 255)
            throw Fault.BadRequest($"{number} is not an IP protocol");
        // Neutron takes `icmp` in an IPv6 rule for the ICMP of that family.
        var protocol = rule.EtherType == 6 && number == Icmp ? Icmpv6 : number;
        var range =
            protocol is Icmp or Icmpv6 ? Types(rule, stateless ? protocol : null)
            : Ported.Contains(protocol) ? Ports(rule, stateless ? "th dport" : "ct original proto-dst")
            : null;
        var named = stateless ? $"meta l4proto {protocol}" : $"ct original protocol {protocol}";
        return range is null ? [named] : [named, range];
    }

    private static string? Ports(PortRule rule, string word) =>
        (rule.PortMin, rule.PortMax) switch
        {
            (null, null) => null,
            var (min, max) => Range(word, min ?? 0, max ?? 65535),
        };

    /// <param name="stateless">Which ICMP it is, for a packet by itself; null for the one that opened the connection.</param>
    private static string? Types(PortRule rule, int? stateless) =>
        (rule.PortMin, rule.PortMax) switch
        {
            (null, null) => null,
            (null, _) => throw Fault.BadRequest("an ICMP code needs a type"),
            (> 255, _) or (_, > 255) or (< 0, _) or (_, < 0) => throw Fault.BadRequest(
                "ICMP types and codes end at 255"
            ),
            ({ } type, var code) => stateless is { } protocol ? Plain(protocol, type, code) : Tracked(type, code),
        };

    private static string Plain(int protocol, int type, int? code)
    {
        var word = protocol == Icmp ? "icmp" : "icmpv6";
        return code is null ? $"{word} type {type}" : $"{word} type {type} {word} code {code}";
    }

    // Connection tracking keeps an ICMP message's type and code where ports stand otherwise.
    private static string Tracked(int type, int? code) =>
        Range("ct original proto-dst", (type << 8) + (code ?? 0), (type << 8) + (code ?? 255));

    private static string Range(string word, int min, int max)
    {
        if (min < 0 || max > 65535 || min > max)
            throw Fault.BadRequest($"{min} to {max} is not a range of ports");
        return min == max ? $"{word} {min}" : $"{word} {min}-{max}";
    }
}
