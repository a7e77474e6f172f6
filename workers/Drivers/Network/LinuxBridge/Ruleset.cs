using System.Text;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>
/// The whole filter of one network's namespace as one nft transaction: what stands is emptied and filled anew at once, so
/// there is no moment without a filter, and connections, which the kernel keeps elsewhere, do not notice. Pure.
/// </summary>
/// <remarks>
/// The bridge family knows the ports but no connections, the inet family connections but no ports: the first writes the
/// port's number into the packet's mark, the second reads it. Frames of a port that stands in no map are dropped.
/// </remarks>
internal static class Ruleset
{
    private const string Declarations = """
        table bridge pipeline {
          map enter { type ifname : verdict; }
          map numbers { type ifname : mark; }
          set members { type ifname; }
          chain prerouting { type filter hook prerouting priority -300; policy drop; }
          chain forward { type filter hook forward priority -10; policy drop; }
          chain output { type filter hook output priority -10; policy accept; }
        }
        table inet pipeline {
          map leaving { type mark : verdict; }
          map arriving { type mark : verdict; }
          map served { type ipv4_addr : verdict; }
          map served6 { type ipv6_addr : verdict; }
          chain raw-prerouting { type filter hook prerouting priority -300; policy accept; }
          chain raw-output { type filter hook output priority -300; policy accept; }
          chain prerouting { type filter hook prerouting priority -150; policy accept; }
          chain forward { type filter hook forward priority 0; policy accept; }
          chain output { type filter hook output priority 0; policy accept; }
        }
        flush table bridge pipeline
        flush table inet pipeline
        flush map bridge pipeline enter
        flush map bridge pipeline numbers
        flush set bridge pipeline members
        flush map inet pipeline leaving
        flush map inet pipeline arriving
        flush map inet pipeline served
        flush map inet pipeline served6

        """;

    /// <param name="removed">A port whose chains go; it is not among <paramref name="ports"/>.</param>
    /// <exception cref="Fault">BadRequest for addresses and rules that cannot be.</exception>
    public static string Render(HostNetwork network, IReadOnlyList<FilteredPort> ports, FilteredPort? removed = null)
    {
        var open = ports.Where(port => port.Port.AdminUp).ToList();
        var secured = open.Where(port => port.Port.Secured).ToList();
        var text = new StringBuilder(Declarations);
        if (removed is not null)
            Remove(text, removed);
        WriteBridge(text, network, open, secured);
        WriteInet(text, network, secured);
        return text.ToString();
    }

    // A chain cannot be deleted before it is: adding what may be there already makes removal repeatable.
    private static void Remove(StringBuilder text, FilteredPort port)
    {
        Delete(text, "bridge", SpoofingRules.ChainName(port));
        foreach (var chain in SecurityRules.ChainNames(port))
            Delete(text, "inet", chain);
    }

    private static void Delete(StringBuilder text, string family, string chain) =>
        text.Append($"add chain {family} pipeline {chain}\ndelete chain {family} pipeline {chain}\n");

    private static void WriteBridge(
        StringBuilder text,
        HostNetwork network,
        List<FilteredPort> open,
        List<FilteredPort> secured
    )
    {
        var joined = UplinkRules.Has(network);
        var uplink = $"\"{Names.Uplink(network.Id)}\"";
        text.Append("table bridge pipeline {\n");
        foreach (var port in secured)
            WriteChain(text, SpoofingRules.ChainName(port), SpoofingRules.Of(port));
        if (joined)
            WriteChain(text, UplinkRules.Chain, UplinkRules.Entering(network));
        WriteChain(text, "prerouting", ["iifname vmap @enter"]);
        WriteChain(
            text,
            "forward",
            [
                "oifname != @members drop",
                .. joined ? UplinkRules.Leaving(network) : [],
                "meta mark set 0",
                "meta mark set oifname map @numbers",
                "accept",
            ]
        );
        WriteChain(text, "output", UplinkRules.Sent(network));
        text.Append("}\n");
        var enter = open.Select(port => $"\"{port.Device}\" : {Verdict(port)}");
        var members = open.Select(port => $"\"{port.Device}\"");
        Fill(text, "bridge", "enter", joined ? enter.Append($"{uplink} : goto {UplinkRules.Chain}") : enter);
        Fill(text, "bridge", "numbers", secured.Select(port => $"\"{port.Device}\" : {port.Number}"));
        Fill(text, "bridge", "members", joined ? members.Append(uplink) : members);
    }

    private static string Verdict(FilteredPort port) =>
        port.Port.Secured ? $"goto {SpoofingRules.ChainName(port)}" : "accept";

    private static void WriteInet(StringBuilder text, HostNetwork network, List<FilteredPort> secured)
    {
        text.Append("table inet pipeline {\n");
        foreach (var (name, rules) in secured.SelectMany(port => SecurityRules.Of(port, network)))
            WriteChain(text, name, rules);
        WriteUnlessEmpty(text, UntrackedRules.Entering, UntrackedRules.EnteringRules(secured));
        WriteUnlessEmpty(text, UntrackedRules.Sent, UntrackedRules.SentRules(secured));
        WriteChain(text, "prerouting", ["meta mark 0 accept", "meta mark vmap @leaving", "drop"]);
        WriteChain(text, "forward", ["meta mark 0 accept", "meta mark vmap @arriving", "drop"]);
        WriteChain(text, "output", OutputRules(network));
        text.Append("}\n");
        Fill(text, "inet", "leaving", secured.Select(port => $"{port.Number} : goto {SecurityRules.Leaving(port)}"));
        Fill(text, "inet", "arriving", secured.Select(port => $"{port.Number} : goto {SecurityRules.Arriving(port)}"));
        Fill(text, "inet", "served", Served(secured, port => port.Ipv4));
        Fill(text, "inet", "served6", Served(secured, port => port.Ipv6));
    }

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

    private static IEnumerable<string> Served(
        List<FilteredPort> secured,
        Func<FilteredPort, IReadOnlyList<string>> addresses
    ) =>
        from port in secured
        from address in addresses(port)
        group port by address into owners
        select $"{owners.Key} : goto {SecurityRules.Arriving(owners.First())}";

    private static void WriteUnlessEmpty(StringBuilder text, string name, IEnumerable<string> rules)
    {
        if (rules.ToList() is { Count: > 0 } known)
            WriteChain(text, name, known);
    }

    private static void WriteChain(StringBuilder text, string name, IEnumerable<string> rules)
    {
        text.Append($"  chain {name} {{\n");
        foreach (var rule in rules)
            text.Append($"    {rule}\n");
        text.Append("  }\n");
    }

    private static void Fill(StringBuilder text, string family, string map, IEnumerable<string> elements)
    {
        var list = elements.ToList();
        if (list.Count > 0)
            text.Append($"add element {family} pipeline {map} {Rules.Set(list)}\n");
    }
}
