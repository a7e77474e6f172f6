using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>The whole filter of one network's namespace. Pure.</summary>
/// <remarks>
/// The bridge family knows the ports but no connections, the inet family connections but no ports: the first writes the
/// port's number into the packet's mark, the second reads it. Frames of a port that stands in no map are dropped.
/// </remarks>
internal static class Ruleset
{
    /// <exception cref="Fault">BadRequest for addresses and rules that cannot be.</exception>
    public static Filter Of(HostNetwork network, IReadOnlyList<FilteredPort> ports, LinuxBridgeOptions options)
    {
        var open = ports.Where(port => port.Port.AdminUp).ToList();
        var secured = open.Where(port => port.Port.Secured).ToList();
        return new([Bridge(network, open, secured), Inet(network, secured, options)]);
    }

    private static FilterTable Bridge(HostNetwork network, List<FilteredPort> open, List<FilteredPort> secured)
    {
        var joined = UplinkRules.Has(network);
        var uplink = $"\"{Names.Uplink(network.Id)}\"";
        var enter = open.Select(port => new FilterElement($"\"{port.Device}\"", Verdict(port)));
        var members = open.Select(port => new FilterElement($"\"{port.Device}\""));
        return new(
            "bridge",
            [
                .. secured.Select(port => Chain(SpoofingRules.ChainName(port), SpoofingRules.Of(port))),
                .. joined ? (FilterChain[])[Chain(UplinkRules.Chain, UplinkRules.Entering(network))] : [],
                Chain("prerouting", ["iifname vmap @enter"]),
                Chain("forward", ForwardRules(joined ? UplinkRules.Leaving(network) : [])),
                Chain("input", MetadataRules.Entering),
                Chain("output", [.. UplinkRules.Sent(network), .. MetadataRules.Sent]),
            ],
            [
                new("enter", [.. joined ? enter.Append(new(uplink, $"goto {UplinkRules.Chain}")) : enter]),
                new("numbers", [.. secured.Select(port => new FilterElement($"\"{port.Device}\"", $"{port.Number}"))]),
                new("members", [.. joined ? members.Append(new(uplink)) : members]),
                MetadataRules.Of(open),
            ]
        );
    }

    private static IEnumerable<string> ForwardRules(IEnumerable<string> leaving) =>
        [
            "oifname != @members drop",
            .. leaving,
            "meta mark set 0",
            "meta mark set oifname map @numbers",
            // A tag is the word of a trunk alone: none comes out of a network.
            "meta mark != 0 ether type { 0x8100, 0x88a8 } drop",
            "accept",
        ];

    private static string Verdict(FilteredPort port) =>
        port.Port.Secured ? $"goto {SpoofingRules.ChainName(port)}" : "accept";

    private static FilterTable Inet(HostNetwork network, List<FilteredPort> secured, LinuxBridgeOptions options)
    {
        var members = new MemberSets(secured);
        var guarded = HostsRules.Has(network, options);
        return new(
            "inet",
            [
                .. secured.SelectMany(port => SecurityRules.Of(port, network, members)),
                Chain(UntrackedRules.Entering, UntrackedRules.EnteringRules(secured)),
                Chain(UntrackedRules.Sent, UntrackedRules.SentRules(secured)),
                Chain("prerouting", ["meta mark 0 accept", "meta mark vmap @leaving", "drop"]),
                .. guarded ? (FilterChain[])[Chain(HostsRules.Chain, HostsRules.Of(network, options))] : [],
                Chain("forward", [.. guarded ? (string[])[$"jump {HostsRules.Chain}"] : [], .. Forwarded]),
                Chain("output", OutputRules(network)),
            ],
            [
                new("leaving", [.. secured.Select(port => Judged(port, SecurityRules.Leaving(port)))]),
                new("arriving", [.. secured.Select(port => Judged(port, SecurityRules.Arriving(port)))]),
                new("served", Served(secured, port => port.Ipv4)),
                new("served6", Served(secured, port => port.Ipv6)),
                .. members.All,
            ]
        );
    }

    private static readonly string[] Forwarded = ["meta mark 0 accept", "meta mark vmap @arriving", "drop"];

    private static FilterElement Judged(FilteredPort port, string chain) => new($"{port.Number}", $"goto {chain}");

    // What this namespace itself sends has no mark: the address names the port, and leases and metadata always pass.
    private static IEnumerable<string> OutputRules(HostNetwork network) =>
        [
            $"oifname != \"{Names.Bridge(network.Id)}\" accept",
            "udp sport 67 udp dport 68 accept",
            "udp sport 547 udp dport 546 accept",
            $"ip saddr {Rules.MetadataAddress} tcp sport 80 accept",
            "ip daddr vmap @served",
            "ip6 daddr vmap @served6",
        ];

    private static IReadOnlyList<FilterElement> Served(
        List<FilteredPort> secured,
        Func<FilteredPort, IReadOnlyList<string>> addresses
    ) =>
        [
            .. from port in secured
            from address in addresses(port)
            group port by address into owners
            select new FilterElement(owners.Key, $"goto {SecurityRules.Arriving(owners.First())}"),
        ];

    private static FilterChain Chain(string name, IEnumerable<string> rules) => new(name, [.. rules]);
}
