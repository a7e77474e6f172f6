namespace Pipeline.Network.Ipam;

/// <summary>Addresses told as few prefixes: a group of 500 neighbours becomes a handful of lines in a host's rules.</summary>
internal static class Prefixes
{
    public static IReadOnlyList<string> Of(IEnumerable<long> addresses)
    {
        var sorted = addresses.Distinct().Order().ToList();
        var prefixes = new List<string>();
        for (var at = 0; at < sorted.Count; )
        {
            var length = Widest(sorted, at);
            prefixes.Add(new Cidr(sorted[at], length).ToString());
            at += 1 << (32 - length);
        }
        return prefixes;
    }

    /// <summary>The length of the widest prefix that begins at this address and whose addresses are all there.</summary>
    private static int Widest(List<long> sorted, int at)
    {
        var length = 32;
        while (length > 8)
        {
            var size = 1 << (33 - length);
            var whole =
                sorted[at] % size == 0 && at + size <= sorted.Count && sorted[at + size - 1] == sorted[at] + size - 1;
            if (!whole)
                break;
            length--;
        }
        return length;
    }
}
