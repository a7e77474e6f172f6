using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Network.Hosts;
using Pipeline.Network.Routers;

namespace Pipeline.Network.Activities;

/// <summary>Gives up a place that no host has confirmed; the next order may choose another one.</summary>
internal sealed record UnplaceRouter(RouterId Router) : IActivity<Done>;

internal sealed class UnplaceRouterHandler(PortPlaces places) : ITransactionalActivity<UnplaceRouter, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, UnplaceRouter step)
    {
        if (await tx.FindAnyRouterAsync(step.Router) is not { HostId: not null, Confirmed: false } router)
            return Done.Instance;
        var held = (await tx.ListRouterPortsAsync(router.Id)).Where(p => p.HostId is not null).ToList();
        foreach (var port in held)
            await tx.UnbindRouterPortAsync(port.Id);
        await tx.PlaceRouterAsync(router.Id, null);
        await places.LeftAsync(tx, held);
        return Done.Instance;
    }
}
