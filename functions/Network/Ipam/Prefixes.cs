namespace Pipeline.Network.Ipam;

/// <summary>Addresses told as few prefixes: a group of 500 neighbours becomes a handful of lines in a host's rules.</summary>
internal static class Prefixes
{
    /// <summary>No prefix is wider than so many bits.</summary>
    private const int Most = 24;

    public static IReadOnlyList<string> Of(IEnumerable<IpAddress> addresses)
    {
        var sorted = addresses.Distinct().Order().ToList();
        var prefixes = new List<string>();
        for (var at = 0; at < sorted.Count; )
        {
            var bits = Widest(sorted, at);
            prefixes.Add(new Cidr(sorted[at], sorted[at].Bits - bits).ToString());
            at += 1 << bits;
        }
        return prefixes;
    }

    /// <summary>The host bits of the widest prefix that begins at this address and whose addresses are all there.</summary>
    private static int Widest(List<IpAddress> sorted, int at)
    {
        var bits = 0;
        while (bits < Most)
        {
            var size = 2 << bits;
            var first = sorted[at];
            var whole =
                first.Number % (UInt128)size == 0
                && at + size <= sorted.Count
                && sorted[at + size - 1] == first with { Number = first.Number + (UInt128)(size - 1) };
            if (!whole)
                break;
            bits++;
        }
        return bits;
    }
}
