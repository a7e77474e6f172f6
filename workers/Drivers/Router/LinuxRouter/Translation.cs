using System.Text;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Router.LinuxRouter;

/// <summary>
/// What a router lets through, and its translation of addresses, as one nft transaction: what stands is emptied and filled anew at once; connections,
/// which the kernel keeps elsewhere, do not notice, unless what let them in is gone. IPv6 is routed as it is. Pure.
/// </summary>
internal static class Translation
{
    private const string Declarations = """
        table ip pipeline {
          map floating { type ipv4_addr : ipv4_addr; }
          map fixed { type ipv4_addr : ipv4_addr; }
          map forwarded { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; }
          set links { type ipv4_addr . ipv4_addr; }
          set passages { type ipv4_addr . inet_proto . inet_service . ipv4_addr . inet_service; }
          chain forward { type filter hook forward priority 0; policy accept; }
          chain prerouting { type nat hook prerouting priority -100; policy accept; }
          chain output { type nat hook output priority -100; policy accept; }
          chain postrouting { type nat hook postrouting priority 100; policy accept; }
        }
        table ip6 pipeline {
          chain forward { type filter hook forward priority 0; policy accept; }
        }
        flush table ip pipeline
        flush table ip6 pipeline
        flush map ip pipeline floating
        flush map ip pipeline fixed
        flush map ip pipeline forwarded
        flush set ip pipeline links
        flush set ip pipeline passages

        """;

    private static readonly string[] Arriving =
    [
        "dnat to ip daddr map @floating",
        "dnat ip to ip daddr . meta l4proto . th dport map @forwarded",
    ];

    /// <summary>
    /// A connection ends with what let it in: the kernel remembers its translation, these look whether it still stands.
    /// A rule a protocol, for nft knows the type of a connection's port by that; an ICMP error belongs to its connection.
    /// </summary>
    private static readonly IReadOnlyList<string> Cut =
    [
        .. RouterRules.Forwarded.Select(protocol =>
            $"meta l4proto {protocol} ct status dnat ct original ip daddr . ct reply ip saddr != @links "
            + "ct original ip daddr . meta l4proto . ct original proto-dst . ct reply ip saddr . ct reply proto-src "
            + "!= @passages drop"
        ),
    ];

    /// <param name="gateway">The gateway's device; null where there is none.</param>
    public static string Render(HostRouter router, string? gateway)
    {
        var text = new StringBuilder(Declarations);
        text.Append("table ip pipeline {\n");
        Write(text, "forward", router.AdminUp ? ["ct state invalid drop", .. Cut] : ["drop"]);
        Write(text, "prerouting", Arriving);
        Write(text, "output", Arriving);
        Write(text, "postrouting", gateway is null ? [] : Leaving(router, gateway));
        text.Append("}\ntable ip6 pipeline {\n");
        Write(text, "forward", [router.AdminUp ? "ct state invalid drop" : "drop"]);
        text.Append("}\n");
        Fill(text, "floating", router.FloatingIps.Select(f => $"{f.Address} : {f.FixedAddress}"));
        Fill(text, "fixed", router.FloatingIps.Select(f => $"{f.FixedAddress} : {f.Address}"));
        Fill(text, "links", router.FloatingIps.Select(f => $"{f.Address} . {f.FixedAddress}"));
        var forwardings = router.Forwardings ?? [];
        Fill(text, "forwarded", forwardings.Select(f => $"{Outside(f)} : {f.FixedAddress} . {f.FixedPort}"));
        Fill(text, "passages", forwardings.Select(f => $"{Outside(f)} . {f.FixedAddress} . {f.FixedPort}"));
        return text.ToString();
    }

    // A guest that calls its neighbour by the floating address must see its answer come back through here, under that address.
    private static IEnumerable<string> Leaving(HostRouter router, string gateway)
    {
        var own = router
            .Gateway!.Leg.Addresses.Where(address => !address.Contains(':'))
            .Select(address => address.Split('/')[0])
            .FirstOrDefault();
        yield return $"oifname \"{gateway}\" ct status dnat accept";
        yield return $"oifname \"{gateway}\" snat to ip saddr map @fixed";
        if (router.Gateway.Snat && own is not null)
            yield return $"oifname \"{gateway}\" ip saddr != {own} snat to {own}";
        yield return $"oifname != \"{gateway}\" iifname != \"{gateway}\" ct status dnat snat to ip saddr map @fixed";
        if (own is not null)
            yield return $"oifname != \"{gateway}\" iifname != \"{gateway}\" ct status dnat snat to {own}";
    }

    private static string Outside(HostForwarding forwarding) =>
        $"{forwarding.Address} . {forwarding.Protocol} . {forwarding.Port}";

    private static void Write(StringBuilder text, string chain, IEnumerable<string> rules)
    {
        text.Append($"  chain {chain} {{\n");
        foreach (var rule in rules)
            text.Append($"    {rule}\n");
        text.Append("  }\n");
    }

    private static void Fill(StringBuilder text, string map, IEnumerable<string> elements)
    {
        var list = elements.ToList();
        if (list.Count > 0)
            text.Append($"add element ip pipeline {map} {{ {string.Join(", ", list)} }}\n");
    }
}
