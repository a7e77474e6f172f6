using Pipeline.Data;
using Pipeline.Network.AvailabilityZones;
using Pipeline.Network.Qos;
using Pipeline.Network.Rbac;
using Pipeline.Network.SecurityGroups;
using Pipeline.Network.Types;

namespace Pipeline.Network.Networks;

/// <summary>Adds networks, whoever asks.</summary>
internal sealed class NetworkBook(
    DefaultSecurityGroups groups,
    SegmentTypes types,
    Sharing sharing,
    NetworkOptions options,
    Randomness randomness
)
{
    /// <summary>Adds a network with its segment. The caller has claimed its quota.</summary>
    public async ValueTask<NetworkId> AddAsync(Tx tx, Caller caller, NewNetwork order)
    {
        if (order.Row.IsDefault)
            await tx.CheckOnlyDefaultAsync(default);
        await ZoneHints.CheckAsync(tx, order.Row.AvailabilityZoneHints, Zone.Network, options.AvailabilityZone);
        var segment = await types.ReserveAsync(tx, order.Provider);
        var row = order.On(segment) with
        {
            Id = new(randomness.NewGuid()),
            QosPolicyId = await tx.QosPolicyOfNewAsync(caller, order.Row.ProjectId, order.Row.QosPolicyId),
        };
        await groups.EnsureAsync(tx, row.ProjectId);
        await tx.AddNetworkAsync(row);
        await sharing.ShareAsync(tx, null, row);
        return row.Id;
    }
}
