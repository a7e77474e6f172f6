using System.Numerics;
using Pipeline.Network.Ipam;

namespace Pipeline.Network.PrefixPools;

/// <summary>A subnet's prefix as it is asked of a pool.</summary>
/// <param name="Pool">As clients send it; null for the cloud's default one.</param>
/// <param name="Cidr">Null for any that is free.</param>
/// <param name="Length">Null for the pool's default.</param>
internal sealed record PoolRequest(string? Pool, Cidr? Cidr, int? Length)
{
    /// <summary>Null for the pool's.</summary>
    public int? Version { get; init; }
}

/// <summary>Cuts prefixes from a pool: the smallest free block that holds what is asked for, lowest first. Pure.</summary>
internal static class PoolSpace
{
    /// <summary>What a pool of IPv6 counts for its quota is prefixes of so many bits; one of IPv4 counts addresses.</summary>
    private const int QuotaLength = 64;

    /// <param name="taken">The prefixes of all subnets that are of the pool.</param>
    /// <param name="own">Those of the asking project.</param>
    /// <exception cref="Fault">BadRequest, QuotaExceeded or Conflict by Neutron's names.</exception>
    public static Cidr Take(
        SubnetPoolRow pool,
        IReadOnlyCollection<Cidr> taken,
        IEnumerable<Cidr> own,
        PoolRequest request
    )
    {
        var length = request.Cidr?.Length ?? request.Length ?? pool.DefaultPrefixlen;
        CheckLength(pool, length);
        CheckQuota(pool, own, length);
        var free = PrefixSet.Without(pool.Ranges, taken);
        if (request.Cidr is { } certain)
            return PrefixSet.Covers(free, certain)
                ? certain
                : throw Full("Cannot allocate requested subnet from the available set of prefixes");
        var block = free.OrderByDescending(p => p.Length).Where(p => p.Length <= length).Cast<Cidr?>().FirstOrDefault();
        return block is { } found
            ? new(found.First, length)
            : throw Full($"Insufficient prefix space to allocate subnet size /{length}");
    }

    private static void CheckLength(SubnetPoolRow pool, int length)
    {
        if (length > pool.MaxPrefixlen)
            throw NeutronFault.Bad(
                "MaxPrefixSubnetAllocationError",
                $"Unable to allocate subnet with prefix length {length}, maximum allowed prefix is {pool.MaxPrefixlen}."
            );
        if (length < pool.MinPrefixlen)
            throw NeutronFault.Bad(
                "MinPrefixSubnetAllocationError",
                $"Unable to allocate subnet with prefix length {length}, minimum allowed prefix is {pool.MinPrefixlen}."
            );
    }

    private static void CheckQuota(SubnetPoolRow pool, IEnumerable<Cidr> own, int length)
    {
        if (pool.DefaultQuota is not { } most)
            return;
        var held = own.Select(p => p.Length).Append(length).Aggregate(BigInteger.Zero, (sum, l) => sum + Size(pool, l));
        if (held > most * Size(pool, pool.IpVersion == 4 ? 32 : QuotaLength))
            throw new Fault(
                FaultCode.QuotaExceeded,
                "Per-tenant subnet pool prefix quota exceeded.",
                "SubnetPoolQuotaExceeded"
            );
    }

    /// <summary>In addresses.</summary>
    private static BigInteger Size(SubnetPoolRow pool, int length) =>
        BigInteger.One << (IpAddress.BitsOf(pool.IpVersion) - length);

    private static Fault Full(string why) =>
        Fault.Conflict($"Failed to allocate subnet: {why}.", "SubnetAllocationError");
}
