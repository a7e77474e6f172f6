using Pipeline.Network.Ipam;

namespace Pipeline.Network.Subnets;

/// <summary>The parts of a subnet from which addresses are given without being asked for by name. Pure.</summary>
internal static class AllocationPools
{
    /// <summary>The pools of a request, in rising order; null when it names none.</summary>
    /// <exception cref="Fault">BadRequest or Conflict by Neutron's names for what is wrong with them.</exception>
    public static IReadOnlyList<AddressRange>? Of(Fields item, Cidr cidr, IpAddress? gateway)
    {
        if (item.Nullable("allocation_pools")?.Array() is not { Count: > 0 } asked)
            return null;
        var pools = asked.Select(f => Read(f.Object(), cidr)).OrderBy(p => p.FirstAddress).ToList();
        for (var i = 1; i < pools.Count; i++)
            if (pools[i].FirstAddress <= pools[i - 1].LastAddress)
                throw Fault.Conflict(
                    $"Found overlapping allocation pools: {pools[i - 1]} {pools[i]} for subnet {cidr}.",
                    "OverlappingAllocationPools"
                );
        CheckGateway(gateway, pools);
        return pools;
    }

    /// <summary>All that hosts may have, but the gateway.</summary>
    public static IReadOnlyList<AddressRange> Around(Cidr cidr, IpAddress? gateway)
    {
        var all = AddressRange.Of(cidr.FirstHost, cidr.LastHost);
        return gateway is { } address && all.Contains(address) && cidr.Length < address.Bits
            ? [.. all.Without(address)]
            : [all];
    }

    public static void CheckGateway(IpAddress? gateway, IEnumerable<AddressRange> pools)
    {
        if (gateway is { } address && pools.FirstOrDefault(p => p.Contains(address)) is { } pool)
            throw Fault.Conflict(
                $"Gateway ip {address} conflicts with allocation pool {pool}.",
                "GatewayConflictWithAllocationPools"
            );
    }

    private static AddressRange Read(Fields pool, Cidr cidr)
    {
        var (start, end) = (pool.String("start"), pool.String("end"));
        if (!IpAddress.TryParse(start, out var first) || !IpAddress.TryParse(end, out var last) || first > last)
            throw NeutronFault.Bad(
                "InvalidAllocationPool",
                $"The allocation pool {{'start': '{start}', 'end': '{end}'}} is not valid."
            );
        return cidr.IsUsable(first) && cidr.IsUsable(last)
            ? AddressRange.Of(first, last)
            : throw NeutronFault.Bad(
                "OutOfBoundsAllocationPool",
                $"The allocation pool {start}-{end} spans beyond the subnet cidr {cidr}."
            );
    }
}
