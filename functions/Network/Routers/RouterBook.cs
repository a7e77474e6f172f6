using Pipeline.Data;

namespace Pipeline.Network.Routers;

/// <summary>Adds routers, whoever asks.</summary>
internal sealed class RouterBook(RouterGateways gateways, RouterRefreshes refreshes, Randomness randomness)
{
    /// <summary>Adds a router with its gateway. The caller has claimed its quota.</summary>
    public async ValueTask<RouterId> AddAsync(Tx tx, Caller caller, NewRouter order)
    {
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
