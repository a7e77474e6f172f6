namespace Pipeline.Network.Ipam;

/// <summary>Addresses from the first to the last, both included.</summary>
internal sealed record AddressRange
{
    public long FirstAddress { get; init; }
    public long LastAddress { get; init; }

    public static AddressRange Of(long first, long last) => new() { FirstAddress = first, LastAddress = last };

    public bool Contains(long address) => address >= FirstAddress && address <= LastAddress;

    /// <summary>What is left of the range when one of its addresses is taken out.</summary>
    public IEnumerable<AddressRange> Without(long address)
    {
        if (address > FirstAddress)
            yield return this with
            {
                LastAddress = Math.Min(address - 1, LastAddress),
            };
        if (address < LastAddress)
            yield return this with
            {
                FirstAddress = Math.Max(address + 1, FirstAddress),
            };
    }

    /// <summary>What is left of the pools when the addresses, in rising order, are taken out.</summary>
    public static IReadOnlyList<AddressRange> Free(IEnumerable<AddressRange> pools, IReadOnlyList<long> taken)
    {
        var free = new List<AddressRange>();
        foreach (var pool in pools)
        {
            var first = pool.FirstAddress;
            foreach (var address in taken.Where(pool.Contains))
            {
                if (address > first)
                    free.Add(Of(first, address - 1));
                first = address + 1;
            }
            if (first <= pool.LastAddress)
                free.Add(Of(first, pool.LastAddress));
        }
        return free;
    }

    public override string ToString() => $"{Ipv4.Text(FirstAddress)}-{Ipv4.Text(LastAddress)}";
}
