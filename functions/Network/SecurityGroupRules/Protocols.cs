using System.Collections.Frozen;
using System.Globalization;

namespace Pipeline.Network.SecurityGroupRules;

/// <summary>The protocols a rule may name (Neutron's words, IANA's numbers).</summary>
internal static class Protocols
{
    public const int Icmp = 1;
    public const int Icmp6 = 58;

    /// <summary>In the order in which clients are told of them.</summary>
    private static readonly (string Name, int Number)[] Known =
    [
        ("ah", 51),
        ("dccp", 33),
        ("egp", 8),
        ("esp", 50),
        ("gre", 47),
        ("hopopt", 0),
        ("icmp", Icmp),
        ("igmp", 2),
        ("ip", 0),
        ("ipip", 4),
        ("ipv6-encap", 41),
        ("ipv6-frag", 44),
        ("ipv6-icmp", Icmp6),
        ("icmpv6", Icmp6),
        ("ipv6-nonxt", 59),
        ("ipv6-opts", 60),
        ("ipv6-route", 43),
        ("ospf", 89),
        ("pgm", 113),
        ("rsvp", 46),
        ("sctp", 132),
        ("tcp", 6),
        ("udp", 17),
        ("udplite", 136),
        ("vrrp", 112),
    ];

    private static readonly FrozenDictionary<string, int> Numbers = Known.ToFrozenDictionary(
        p => p.Name,
        p => p.Number
    );
    private static readonly FrozenSet<int> WithPorts = new[] { 33, 132, 6, 17, 136 }.ToFrozenSet();
    private static readonly FrozenSet<int> OfIpv6 = new[] { 41, 44, Icmp6, 59, 60, 43 }.ToFrozenSet();

    /// <summary>In the spelling in which a rule keeps it.</summary>
    /// <exception cref="Fault">BadRequest for an unknown name, or a number over 255.</exception>
    public static string? Normal(string? text, string etherType)
    {
        var name = text?.ToLowerInvariant();
        if (name is not null && Number(name) is null)
            throw NeutronFault.Bad(
                "SecurityGroupRuleInvalidProtocol",
                $"Security group rule protocol {text} not supported. Only protocol values [None, {Names()}] and integer "
                    + "representations [0 to 255] are supported."
            );
        // The names by which ICMP of IPv6 was known before are still sent.
        return etherType != "IPv6" ? name
            : name is "icmp" or "icmpv6" ? "ipv6-icmp"
            : name is "1" ? "58"
            : name;
    }

    /// <summary>Null for any: no protocol, or the number that stands for IP itself.</summary>
    public static int? NumberOf(string? protocol) =>
        protocol is not null && Number(protocol) is { } number and not 0 ? number : null;

    public static bool HasPorts(int protocol) => WithPorts.Contains(protocol);

    public static bool IsOfIpv6(int protocol) => OfIpv6.Contains(protocol);

    public static int? Number(string name) =>
        Numbers.TryGetValue(name, out var known) ? known
        : byte.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : null;

    private static string Names() => string.Join(", ", Known.Select(p => $"'{p.Name}'"));
}
