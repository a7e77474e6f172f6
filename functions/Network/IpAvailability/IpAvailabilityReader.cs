using System.Numerics;
using Pipeline.Data;
using Pipeline.Network.Ipam;
using Pipeline.Network.Networks;
using Pipeline.Network.Subnets;
using Pipeline.Network.Wire;

namespace Pipeline.Network.IpAvailability;

/// <summary>Counts the addresses of networks: a handful of queries, however many networks.</summary>
internal static class IpAvailabilityReader
{
    public static async ValueTask<IReadOnlyList<NetworkAvailability>> AvailabilityAsync(
        this Tx tx,
        IReadOnlyList<NetworkRow> networks
    )
    {
        var subnets = await tx.ListSubnetsAsync(networks.Select(n => n.Id));
        var ids = subnets.Select(s => s.Id.ToString()).ToList();
        var total = (await tx.ListPoolsAsync(ids)).ToLookup(p => p.SubnetId, p => p.Range);
        var used = (
            await tx.InChunksAsync<UsedRow>(
                """
                SELECT subnet_id, COUNT(*) AS used FROM ip_allocations WHERE subnet_id IN @ids
                GROUP BY subnet_id ORDER BY subnet_id
                """,
                ids
            )
        ).ToDictionary(u => u.SubnetId, u => u.Used);
        var counted = subnets.ToLookup(
            s => s.NetworkId,
            s => new SubnetAvailability(
                s,
                total[s.Id].Aggregate(BigInteger.Zero, (sum, pool) => sum + pool.Size),
                used.GetValueOrDefault(s.Id)
            )
        );
        return [.. networks.Select(n => new NetworkAvailability(n, [.. counted[n.Id]]))];
    }

    private sealed record UsedRow
    {
        public SubnetId SubnetId { get; init; }
        public long Used { get; init; }
    }
}
