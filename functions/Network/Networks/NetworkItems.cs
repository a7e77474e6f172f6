using Pipeline.Data;
using Pipeline.Network.AvailabilityZones;
using Pipeline.Network.Rbac;
using Pipeline.Network.Subnets;
using Pipeline.Network.Tags;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Networks;

/// <summary>Reads what is shown beside networks, a query per kind however many there are.</summary>
internal static class NetworkItems
{
    public static async ValueTask<IReadOnlyList<NetworkItem>> ItemsAsync(
        this Tx tx,
        IReadOnlyList<NetworkRow> rows,
        NetworkOptions options,
        ProjectId? viewer
    )
    {
        var ids = rows.Select(r => r.Id.ToString()).ToList();
        var subnets = (await tx.ListSubnetIdsAsync(ids)).ToLookup(s => s.NetworkId, s => s.Id);
        var tags = await tx.ListTagsAsync(ids);
        var shared = await tx.SharedAsync(ids, viewer);
        var scopes = (await tx.ListNetworkScopesAsync(ids)).ToLookup(
            s => (s.NetworkId, s.IpVersion),
            s => s.AddressScopeId
        );
        var zones = await tx.ZonesOfAsync(ids, options.AvailabilityZone);
        return
        [
            .. rows.Select(row => new NetworkItem(row, [.. subnets[row.Id]], [.. tags[row.Id.ToString()]])
            {
                Zones = row.DhcpPortId is null ? [] : [.. zones[row.Id].DefaultIfEmpty(options.AvailabilityZone)],
                Shared = shared.Contains(row.Id.ToString()),
                AddressScope4 = scopes[(row.Id, 4)].Cast<AddressScopeId?>().FirstOrDefault(),
                AddressScope6 = scopes[(row.Id, 6)].Cast<AddressScopeId?>().FirstOrDefault(),
            }),
        ];
    }

    public static async ValueTask<NetworkItem> ItemAsync(
        this Tx tx,
        NetworkId id,
        NetworkOptions options,
        ProjectId? viewer
    )
    {
        var row = await tx.FindNetworkAsync(id) ?? throw NeutronFault.NetworkNotFound(id);
        return (await tx.ItemsAsync([row], options, viewer))[0];
    }

    private static ValueTask<IReadOnlyList<ScopeOfNetwork>> ListNetworkScopesAsync(
        this Tx tx,
        IEnumerable<string> networks
    ) =>
        tx.InChunksAsync<ScopeOfNetwork>(
            """
            SELECT DISTINCT s.network_id, p.ip_version, p.address_scope_id FROM subnets s JOIN subnet_pools p ON p.id = s.subnetpool_id
            WHERE s.network_id IN @ids AND p.address_scope_id IS NOT NULL ORDER BY s.network_id, p.address_scope_id
            """,
            networks
        );

    private sealed record ScopeOfNetwork
    {
        public NetworkId NetworkId { get; init; }
        public int IpVersion { get; init; }
        public AddressScopeId AddressScopeId { get; init; }
    }
}
