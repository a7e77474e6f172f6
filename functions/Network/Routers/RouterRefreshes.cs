using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Network.Orchestrations;

namespace Pipeline.Network.Routers;

/// <summary>
/// Has routers' hosts told what has changed. A change raises the router's wanted version in its own transaction; per router one
/// orchestration runs and one waits, so however many changes come meanwhile, they become one further order.
/// </summary>
internal sealed class RouterRefreshes(DurableTaskClient client)
{
    public async ValueTask ChangedAsync(Tx tx, RouterId router)
    {
        if (await tx.WantRouterAsync(router) is { } wanted && wanted.Taken == wanted.Wanted - 1)
            await StartAsync(tx, wanted); // else a run that has not looked yet will see this, too
    }

    /// <summary>Begins again what ended before it was done, whatever it had seen.</summary>
    public async ValueTask AgainAsync(Tx tx, RouterId router)
    {
        if (await tx.WantRouterAsync(router) is { } wanted)
            await StartAsync(tx, wanted);
    }

    /// <summary>A network's MTU or subnets: for the routers with a port on it.</summary>
    public async ValueTask NetworkChangedAsync(Tx tx, NetworkId network)
    {
        foreach (var router in await tx.ListRoutersOnAsync(network))
            await ChangedAsync(tx, router);
    }

    /// <summary>A host has begun anew: whatever it had of routers is told again, and what it has no more.</summary>
    public async ValueTask HostBegunAsync(Tx tx, HostId host)
    {
        foreach (var router in await tx.ListRoutersAtAsync(host))
            await ChangedAsync(tx, router);
        foreach (var copy in await tx.ListCopiedRoutersAsync(host))
            await ChangedAsync(tx, copy.RouterId);
    }

    private async ValueTask StartAsync(Tx tx, RouterRow wanted) =>
        await client.StartAsync(
            tx,
            new ConvergeRouter(wanted.Id),
            new StartOptions($"router-{wanted.Id}-converge-{wanted.Wanted}", wanted.ProjectId, Queue: true)
        );
}
