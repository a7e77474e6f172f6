using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Network.Hosts;
using Pipeline.Network.Orchestrations;
using Pipeline.Network.Routers;

namespace Pipeline.Network.Sweeps;

/// <summary>
/// Begins again where a router's host was silent, or none could take it, and where one is up again that still has a copy. While no
/// network node is up that may take it there is nothing to begin.
/// Takes no input; finding nothing is the rule.
/// </summary>
internal sealed class RefreshLateRouters(Database db, RouterRefreshes refreshes, IHosts hosts)
{
    [Function("network-refresh-late-routers")]
    public async Task RunAsync([TimerTrigger("30 * * * * *", RunOnStartup = true)] TimerInfo timer)
    {
        var late = await db.ReadAsync(ListLateAsync);
        foreach (var router in late)
            await db.WriteAsync(tx => RestartAsync(tx, router));
    }

    private async ValueTask<IReadOnlyList<RouterId>> ListLateAsync(Tx tx)
    {
        var late = await tx.ListLateRoutersAsync();
        var copied = await tx.ListCopiedRoutersAsync();
        if (late.Count + copied.Count == 0)
            return [];
        var standing = (await hosts.ListAsync(tx)).Where(h => h.IsUp).Select(h => h.Id).ToHashSet();
        var back = copied.Where(c => standing.Contains(c.HostId)).Select(c => c.RouterId);
        var nodes = (await tx.ListNetworkNodesAsync()).Where(n => standing.Contains(n.HostId)).ToList();
        return [.. back.Union(late.Where(r => nodes.Any(n => IsPlaced(r) || r.MayBeIn(n.Zone))).Select(r => r.Id))];
    }

    /// <summary>It has its place, or needs none any more.</summary>
    private static bool IsPlaced(RouterRow router) => router is not { HostId: null, DeletedAt: null };

    private async ValueTask RestartAsync(Tx tx, RouterId router)
    {
        var held = await tx.FindHeldAsync(new ConvergeRouter(router).Resource!);
        if (held?.Operation is null)
            await refreshes.AgainAsync(tx, router);
    }
}
