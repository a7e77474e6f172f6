using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Network.FloatingIps;
using Pipeline.Network.Hosts;
using Pipeline.Network.Ports;
using Pipeline.Network.Routers;

namespace Pipeline.Network.Activities;

/// <summary>Records what a router's host has confirmed. What was wanted meanwhile has a run of its own waiting.</summary>
internal sealed record AcknowledgeRouter(RouterId Router, RouterReceipt Receipt) : IActivity<Done>;

internal sealed class AcknowledgeRouterHandler(HostRefreshes refreshes, PortPlaces places)
    : ITransactionalActivity<AcknowledgeRouter, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, AcknowledgeRouter step)
    {
        if (await tx.FindAnyRouterAsync(step.Router) is not { } router)
            return Done.Instance;
        var receipt = step.Receipt;
        await ActivateAsync(tx, receipt.Plugged);
        await FreeAsync(tx, receipt.Gone);
        await tx.ActivateFloatingAsync(receipt.Floating);
        foreach (var id in receipt.FreedFloating)
            await FreeAsync(tx, router.Id, id);
        if (router.HostId == receipt.Host) // else it has been moved meanwhile, and the one that confirms is not its place
        {
            if (receipt.Removed)
                await tx.PlaceRouterAsync(router.Id, null);
            await tx.ConfirmRouterAsync(router.Id, receipt.Version);
        }
        if (receipt.Removed && router.DeletedAt is not null && (await tx.ListCopyRemovalsAsync(router.Id)).Count == 0)
            await tx.PurgeRouterAsync(router.Id);
        return Done.Instance;
    }

    /// <summary>What has changed for a port since it was bound is told now.</summary>
    private async ValueTask ActivateAsync(Tx tx, IReadOnlyList<PortId> plugged)
    {
        foreach (var id in plugged)
        {
            if (await tx.FindPortAsync(id) is not { HostId: { } host, Status: PortRow.Build } port)
                continue;
            await tx.ActivateAsync(id);
            if (port.StaleVersion > 0)
                await refreshes.MarkAsync(
                    tx,
                    [
                        new()
                        {
                            Id = id,
                            HostId = host,
                            Status = PortRow.Active,
                        },
                    ]
                );
        }
    }

    private async ValueTask FreeAsync(Tx tx, IReadOnlyList<PortId> gone)
    {
        var freed = new List<PortRow>();
        foreach (var id in gone)
            if (await tx.FindBuriedAsync(id) is { } port)
            {
                await tx.ForgetRouterPortAsync(id);
                await PortBook.FreeAsync(tx, port);
                freed.Add(port);
            }
        await places.LeftAsync(tx, freed);
    }

    private static async ValueTask FreeAsync(Tx tx, RouterId router, FloatingIpId id)
    {
        var buried = (await tx.ListFloatingOfRouterAsync(router)).FirstOrDefault(f => f.Id == id);
        if (buried is null)
            return;
        await tx.PurgeFloatingIpAsync(id);
        if (await tx.FindBuriedAsync(buried.FloatingPortId) is { } port)
            await PortBook.FreeAsync(tx, port);
    }
}
