namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>
/// Which packets the kernel is not to remember: those between a stateless port and anybody but a stateful port of this
/// network's namespace, for whom they are part of a connection. Asked before connection tracking sees a packet. Pure.
/// </summary>
/// <remarks>Of IPv4; IPv6 is remembered and judged without, and so is what goes to several ports at once.</remarks>
internal static class UntrackedRules
{
    public const string Entering = "raw-prerouting";
    public const string Sent = "raw-output";

    /// <summary>What comes in by the bridge. What comes from other hosts, or from a port without a filter, has no mark.</summary>
    public static IEnumerable<string> EnteringRules(IReadOnlyList<FilteredPort> secured)
    {
        var stateless = Stateless(secured);
        if (stateless.Count == 0)
            return [];
        return
        [
            "meta nfproto ipv6 accept",
            "meta pkttype { broadcast, multicast } accept",
            .. Remembered(secured),
            $"meta mark {Rules.Set(stateless.Select(port => $"{port.Number}"))} notrack",
            .. Addresses(stateless).Select(set => $"meta mark 0 ip daddr {set} notrack"),
        ];
    }

    /// <summary>What the namespace's own servers answer.</summary>
    public static IEnumerable<string> SentRules(IReadOnlyList<FilteredPort> secured) =>
        Addresses(Stateless(secured)).SelectMany(set => Remembered(secured).Append($"ip daddr {set} notrack"));

    private static IEnumerable<string> Remembered(IReadOnlyList<FilteredPort> secured) =>
        Addresses(secured.Where(port => !port.Port.Stateless)).Select(set => $"ip daddr {set} accept");

    private static List<FilteredPort> Stateless(IReadOnlyList<FilteredPort> secured) =>
        [.. secured.Where(port => port.Port.Stateless)];

    /// <summary>All that the ports may send from, as one set; nothing where that is nothing.</summary>
    private static IEnumerable<string> Addresses(IEnumerable<FilteredPort> ports)
    {
        var all = Prefixes.Merge([.. ports.SelectMany(port => port.Senders).SelectMany(sender => sender.Ipv4)], 4);
        return all.Count == 0 ? [] : [Rules.Set(all)];
    }
}
