using Pipeline.Data;
using Pipeline.Network.Ipam;
using Pipeline.Network.Routers;

namespace Pipeline.Network.FloatingIps;

/// <summary>Cuts floating addresses off from what goes away: they stay their project's, and stand for nothing.</summary>
internal sealed class FloatingLinks(RouterRefreshes refreshes)
{
    /// <summary>A port goes.</summary>
    public async ValueTask CutAsync(Tx tx, PortId port)
    {
        foreach (var floating in await tx.ListFloatingOfPortAsync(port))
            await CutAsync(tx, floating);
    }

    /// <summary>A port's addresses have changed; those that it still has keep their floating ones.</summary>
    public async ValueTask CutLostAsync(Tx tx, PortId port)
    {
        var linked = await tx.ListFloatingOfPortAsync(port);
        if (linked.Count == 0)
            return;
        var has = (await tx.ListAllocationsAsync([port.ToString()])).Select(a => a.Ip).ToHashSet();
        foreach (var floating in linked.Where(f => !has.Contains(f.FixedIpAddress!)))
            await CutAsync(tx, floating);
    }

    /// <summary>A router goes.</summary>
    public async ValueTask CutAsync(Tx tx, RouterId router)
    {
        foreach (var floating in await tx.ListFloatingOfRouterAsync(router))
            if (floating.DeletedAt is null)
                await CutAsync(tx, floating);
    }

    private async ValueTask CutAsync(Tx tx, FloatingIpRow floating)
    {
        await tx.UpdateFloatingIpAsync(
            floating with
            {
                PortId = null,
                FixedIpAddress = null,
                RouterId = null,
                Status = FloatingIpRow.Down,
            }
        );
        if (floating.RouterId is { } router)
            await refreshes.ChangedAsync(tx, router);
    }
}
