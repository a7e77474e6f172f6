using Pipeline.Data;
using Pipeline.Network.AvailabilityZones;

namespace Pipeline.Network.Routers;

/// <summary>Adds routers, whoever asks.</summary>
internal sealed class RouterBook(
    RouterGateways gateways,
    RouterRefreshes refreshes,
    NetworkOptions options,
    Randomness randomness
)
{
    /// <summary>Adds a router with its gateway. The caller has claimed its quota.</summary>
    public async ValueTask<RouterId> AddAsync(Tx tx, Caller caller, NewRouter order)
    {
        await ZoneHints.CheckAsync(tx, order.Row.AvailabilityZoneHints, Zone.Router, options.AvailabilityZone);
        var row = order.Row with { Id = new(randomness.NewGuid()) };
        await tx.AddRouterAsync(row);
        if (order.Gateway is { Network: not null } gateway)
        {
            await tx.UpdateRouterAsync(await gateways.SetAsync(tx, caller, row, gateway));
            await refreshes.ChangedAsync(tx, row.Id);
        }
        return row.Id;
    }
}
