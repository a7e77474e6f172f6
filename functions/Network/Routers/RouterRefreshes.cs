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
        var versions = await tx.WantRouterAsync(router);
        if (versions is not null && versions.Taken == versions.Wanted - 1) // else a run that has not looked yet will see this, too
            await client.StartAsync(
                tx,
                new ConvergeRouter(router),
                new StartOptions($"router-{router}-converge-{versions.Wanted}", versions.ProjectId, Queue: true)
            );
    }

    /// <summary>A network's MTU or subnets: for the routers with a port on it.</summary>
    public async ValueTask NetworkChangedAsync(Tx tx, NetworkId network)
    {
        foreach (var router in await tx.ListRoutersOnAsync(network))
            await ChangedAsync(tx, router);
    }

    /// <summary>A host has begun anew: whatever it had of routers is told again.</summary>
    public async ValueTask HostBegunAsync(Tx tx, HostId host)
    {
        foreach (var router in await tx.ListRoutersAtAsync(host))
            await ChangedAsync(tx, router);
    }
}
