using Pipeline.Data;
using Pipeline.Network.FloatingIps;
using Pipeline.Network.Quotas;
using Pipeline.Network.Tags;

namespace Pipeline.Network.Routers;

/// <summary>Takes a router away. It stays as a tombstone until its host has let go of it.</summary>
internal sealed class RouterRemoval(
    RouterInterfaces interfaces,
    RouterGateways gateways,
    RouterRefreshes refreshes,
    FloatingLinks floating
)
{
    /// <exception cref="Fault">Conflict while it has interfaces.</exception>
    public async ValueTask RemoveAsync(Tx tx, RouterRow router)
    {
        var left = (await tx.ListRouterPortsAsync(router.Id)).Where(p => p.Id != router.GatewayPortId).ToList();
        if (left.Count > 0)
            throw NeutronFault.RouterInUse(router.Id, left.Select(p => p.Id));
        await EndAsync(tx, router);
    }

    /// <summary>With all that depends on it: its project is being emptied.</summary>
    public async ValueTask RemoveWholeAsync(Tx tx, RouterRow router)
    {
        await floating.CutAsync(tx, router.Id);
        foreach (var port in await tx.ListRouterPortsAsync(router.Id))
            if (port.Id != router.GatewayPortId)
                await interfaces.DropAsync(tx, port);
        await EndAsync(tx, router);
    }

    private async ValueTask EndAsync(Tx tx, RouterRow router)
    {
        await gateways.ClearAsync(tx, router);
        await tx.DeleteTagsAsync(router.Id.ToString());
        await tx.ReleaseAsync(router.ProjectId, Quota.Router, 1);
        await tx.BuryRouterAsync(router.Id);
        await refreshes.ChangedAsync(tx, router.Id);
    }
}
