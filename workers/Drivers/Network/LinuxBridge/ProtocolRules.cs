using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>The part of a security rule that speaks of protocol, ports, and ICMP type and code. Pure.</summary>
internal static class ProtocolRules
{
    private const int Icmp = 1;
    private const int Icmpv6 = 58;

    // TCP, UDP, DCCP, SCTP and UDP-Lite: the protocols with ports.
    private static readonly int[] Ported = [6, 17, 33, 132, 136];

    /// <exception cref="Fault">BadRequest for ports that the protocol cannot have.</exception>
    public static IEnumerable<string> Of(PortRule rule)
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
            protocol is Icmp or Icmpv6 ? Types(rule)
            : Ported.Contains(protocol) ? Ports(rule)
            : null;
        return range is null ? [$"ct original protocol {protocol}"] : [$"ct original protocol {protocol}", range];
    }

    private static string? Ports(PortRule rule) =>
        (rule.PortMin, rule.PortMax) switch
        {
            (null, null) => null,
            var (min, max) => Range(min ?? 0, max ?? 65535, 65535),
        };

    // Connection tracking keeps an ICMP message's type and code where ports stand otherwise.
    private static string? Types(PortRule rule) =>
        (rule.PortMin, rule.PortMax) switch
        {
            (null, null) => null,
            (null, _) => throw Fault.BadRequest("an ICMP code needs a type"),
            (> 255, _) or (_, > 255) or (< 0, _) or (_, < 0) => throw Fault.BadRequest(
                "ICMP types and codes end at 255"
            ),
            ({ } type, null) => Range(type << 8, (type << 8) + 255, 65535),
            ({ } type, { } code) => Range((type << 8) + code, (type << 8) + code, 65535),
        };

    private static string Range(int min, int max, int limit)
    {
        if (min < 0 || max > limit || min > max)
            throw Fault.BadRequest($"{min} to {max} is not a range of ports");
        return min == max ? $"ct original proto-dst {min}" : $"ct original proto-dst {min}-{max}";
    }
}
