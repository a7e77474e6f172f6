using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Qos;

/// <summary>What limits networks, for those who show their ports.</summary>
internal static class LimitedNetworks
{
    /// <summary>Only networks that have a policy.</summary>
    public static async ValueTask<IReadOnlyDictionary<NetworkId, QosPolicyId>> ListLimitedNetworksAsync(
        this Tx tx,
        IEnumerable<NetworkId> networks
    ) =>
        (
            await tx.InChunksAsync<LimitedNetwork>(
                "SELECT id, qos_policy_id FROM networks WHERE id IN @ids AND qos_policy_id IS NOT NULL ORDER BY id",
                networks.Select(n => n.ToString())
            )
        ).ToDictionary(n => n.Id, n => n.QosPolicyId);

    private sealed record LimitedNetwork
    {
        public NetworkId Id { get; init; }
        public QosPolicyId QosPolicyId { get; init; }
    }
}
