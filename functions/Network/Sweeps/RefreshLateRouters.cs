using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Network.Hosts;
using Pipeline.Network.Orchestrations;
using Pipeline.Network.Routers;

namespace Pipeline.Network.Sweeps;

/// <summary>
/// Begins again where a router's host was silent, or none could take it. While no network node is up there is nothing to begin.
/// Takes no input; finding nothing is the rule.
/// </summary>
internal sealed class RefreshLateRouters(Database db, RouterRefreshes refreshes, IHosts hosts)
{
    [Function("network-refresh-late-routers")]
    public async Task RunAsync([TimerTrigger("30 * * * * *", RunOnStartup = true)] TimerInfo timer)
    {
        var late = await db.ReadAsync(RouterPlaces.ListLateRoutersAsync);
        if (late.Count == 0)
            return;
        var up = await db.ReadAsync(async tx => (await tx.ListNetworkNodesAsync(), await hosts.ListUpAsync(tx)));
        if (up.Item1.All(node => !up.Item2.Contains(node.HostId)))
            return;
        foreach (var router in late)
            await db.WriteAsync(tx => RestartAsync(tx, router));
    }

    private async ValueTask RestartAsync(Tx tx, RouterId router)
    {
        var held = await tx.FindHeldAsync(new ConvergeRouter(router).Resource!);
        if (held?.Operation is null)
            await refreshes.AgainAsync(tx, router);
    }
}
