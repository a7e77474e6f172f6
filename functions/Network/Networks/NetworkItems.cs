using Pipeline.Data;
using Pipeline.Network.Subnets;
using Pipeline.Network.Tags;

namespace Pipeline.Network.Networks;

/// <summary>Reads what is shown beside networks, a query per kind however many there are.</summary>
internal static class NetworkItems
{
    public static async ValueTask<IReadOnlyList<NetworkItem>> ItemsAsync(
        this Tx tx,
        IReadOnlyList<NetworkRow> rows,
        NetworkOptions options
    )
    {
        var ids = rows.Select(r => r.Id.ToString()).ToList();
        var subnets = (await tx.ListSubnetIdsAsync(ids)).ToLookup(s => s.NetworkId, s => s.Id);
        var tags = await tx.ListTagsAsync(ids);
        return
        [
            .. rows.Select(row => new NetworkItem(row, [.. subnets[row.Id]], [.. tags[row.Id.ToString()]])
            {
                Zones = row.DhcpPortId is null ? [] : [options.AvailabilityZone],
            }),
        ];
    }

    public static async ValueTask<NetworkItem> ItemAsync(this Tx tx, NetworkId id, NetworkOptions options)
    {
        var row = await tx.FindNetworkAsync(id) ?? throw NeutronFault.NetworkNotFound(id);
        return (await tx.ItemsAsync([row], options))[0];
    }
}
