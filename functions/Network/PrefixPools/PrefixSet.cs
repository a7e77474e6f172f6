using Pipeline.Network.Ipam;

namespace Pipeline.Network.PrefixPools;

/// <summary>Addresses as a set of prefixes, in rising order, none inside or beside another that it could be one with. Pure.</summary>
internal static class PrefixSet
{
    /// <summary>The same addresses in as few prefixes as can be.</summary>
    public static IReadOnlyList<Cidr> Compact(IEnumerable<Cidr> prefixes) => [.. RangesOf(prefixes).SelectMany(Split)];

    /// <summary>The addresses of some prefixes that are not in others.</summary>
    public static IReadOnlyList<Cidr> Without(IEnumerable<Cidr> prefixes, IEnumerable<Cidr> taken)
    {
        var left = RangesOf(prefixes);
        foreach (var gone in RangesOf(taken))
            left = [.. left.SelectMany(range => Cut(range, gone))];
        return [.. left.SelectMany(Split)];
    }

    public static bool Covers(IEnumerable<Cidr> prefixes, Cidr one) =>
        RangesOf(prefixes).Any(r => r.FirstAddress <= one.First && r.LastAddress >= one.Last);

    public static bool Overlap(IEnumerable<Cidr> some, IEnumerable<Cidr> others)
    {
        var ranges = RangesOf(others);
        return RangesOf(some)
            .Any(a => ranges.Any(b => a.FirstAddress <= b.LastAddress && a.LastAddress >= b.FirstAddress));
    }

    private static List<AddressRange> RangesOf(IEnumerable<Cidr> prefixes)
    {
        var ranges = new List<AddressRange>();
        foreach (var prefix in prefixes.OrderBy(p => p.First).ThenBy(p => p.Length))
            if (ranges.Count > 0 && prefix.First <= ranges[^1].LastAddress.Next)
                ranges[^1] = ranges[^1] with { LastAddress = IpAddress.Max(prefix.Last, ranges[^1].LastAddress) };
            else
                ranges.Add(AddressRange.Of(prefix.First, prefix.Last));
        return ranges;
    }

    private static IEnumerable<AddressRange> Cut(AddressRange range, AddressRange taken)
    {
        if (taken.LastAddress < range.FirstAddress || taken.FirstAddress > range.LastAddress)
            return [range];
        var rest = new List<AddressRange>();
        if (taken.FirstAddress > range.FirstAddress)
            rest.Add(range with { LastAddress = taken.FirstAddress.Previous });
        if (taken.LastAddress < range.LastAddress)
            rest.Add(range with { FirstAddress = taken.LastAddress.Next });
        return rest;
    }

    private static IEnumerable<Cidr> Split(AddressRange range)
    {
        for (var first = range.FirstAddress; ; )
        {
            var length = first.Bits;
            while (length > 0 && Widened(first, length) is { } wider && wider.Last <= range.LastAddress)
                length--;
            var prefix = new Cidr(first, length);
            yield return prefix;
            if (prefix.Last >= range.LastAddress)
                yield break;
            first = prefix.Last.Next;
        }
    }

    /// <summary>The prefix of twice the size, where one begins at this address.</summary>
    private static Cidr? Widened(IpAddress first, int length)
    {
        var wider = Cidr.Of(first, length - 1);
        return wider.First == first ? wider : null;
    }
}
