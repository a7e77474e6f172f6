using Pipeline.Data;
using Pipeline.Network.Ipam;
using Pipeline.Network.PortForwardings;
using Pipeline.Network.Routers;

namespace Pipeline.Network.FloatingIps;

/// <summary>
/// Cuts floating addresses off from what goes away: they stay their project's, and stand for nothing. Forwardings of their
/// ports go.
/// </summary>
internal sealed class FloatingLinks(PortForwardingBook forwardings, RouterRefreshes refreshes)
{
    /// <summary>A port goes.</summary>
    public async ValueTask CutAsync(Tx tx, PortId port)
    {
        foreach (var floating in await tx.ListFloatingOfPortAsync(port))
            await CutAsync(tx, floating);
        await forwardings.RemoveAsync(tx, await tx.ListForwardingsToAsync(port));
    }

    /// <summary>A port's addresses have changed; those that it still has keep their floating ones.</summary>
    public async ValueTask CutLostAsync(Tx tx, PortId port)
    {
        var linked = await tx.ListFloatingOfPortAsync(port);
        var forwarded = await tx.ListForwardingsToAsync(port);
        if (linked.Count + forwarded.Count == 0)
            return;
        var has = (await tx.ListAllocationsAsync([port.ToString()])).Select(a => a.Ip).ToHashSet();
        foreach (var floating in linked.Where(f => !has.Contains(f.FixedIpAddress!)))
            await CutAsync(tx, floating);
        await forwardings.RemoveAsync(tx, [.. forwarded.Where(f => !has.Contains(f.InternalIpAddress))]);
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
        if (floating.PortId is null)
            await tx.DeleteForwardingsOfAsync(floating.Id);
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
