using System.Numerics;

namespace Pipeline.Network.Ipam;

/// <summary>Addresses of one family from the first to the last, both included.</summary>
internal sealed record AddressRange(IpAddress FirstAddress, IpAddress LastAddress)
{
    /// <summary>Of all of IPv6 there are more than the widest number holds.</summary>
    public BigInteger Size => (BigInteger)(LastAddress.Number - FirstAddress.Number) + 1;

    public static AddressRange Of(IpAddress first, IpAddress last) => new(first, last);

    public bool Contains(IpAddress address) => address >= FirstAddress && address <= LastAddress;

    /// <summary>What is left of the range when one of its addresses is taken out.</summary>
    public IEnumerable<AddressRange> Without(IpAddress address)
    {
        if (address > FirstAddress)
            yield return this with
            {
                LastAddress = IpAddress.Min(address.Previous, LastAddress),
            };
        if (address < LastAddress)
            yield return this with
            {
                FirstAddress = IpAddress.Max(address.Next, FirstAddress),
            };
    }

    /// <summary>What is left of the pools when the addresses, in rising order, are taken out.</summary>
    public static IReadOnlyList<AddressRange> Free(IEnumerable<AddressRange> pools, IReadOnlyList<IpAddress> taken)
    {
        var free = new List<AddressRange>();
        foreach (var pool in pools)
        {
            AddressRange? left = pool;
            foreach (var address in taken.Where(pool.Contains))
            {
                if (address > left!.FirstAddress)
                    free.Add(left with { LastAddress = address.Previous });
                left = address < pool.LastAddress ? left with { FirstAddress = address.Next } : null;
                if (left is null)
                    break;
            }
            if (left is not null)
                free.Add(left);
        }
        return free;
    }

    public override string ToString() => $"{FirstAddress}-{LastAddress}";
}
