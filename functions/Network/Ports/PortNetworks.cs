using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Ports;

/// <summary>What a network says that its ports show.</summary>
internal sealed record PortNetwork
{
    public NetworkId Id { get; init; }
    public QosPolicyId? QosPolicyId { get; init; }
    public string DnsDomain { get; init; } = "";
}

internal static class PortNetworks
{
    /// <summary>Only networks that say anything.</summary>
    public static async ValueTask<IReadOnlyDictionary<NetworkId, PortNetwork>> ListPortNetworksAsync(
        this Tx tx,
        IEnumerable<NetworkId> networks
    ) =>
        (
            await tx.InChunksAsync<PortNetwork>(
                """
                SELECT id, qos_policy_id, dns_domain FROM networks
                WHERE id IN @ids AND (qos_policy_id IS NOT NULL OR dns_domain <> '') ORDER BY id
                """,
                networks.Select(n => n.ToString())
            )
        ).ToDictionary(n => n.Id);
}
