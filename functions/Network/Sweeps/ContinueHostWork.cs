using Pipeline.Data;
using Pipeline.Network.Hosts;

namespace Pipeline.Network.Sweeps;

/// <summary>
/// Begins again what gave up because its host was silent: hosts that have not confirmed the last change, and deleted
/// ports that are still on the metal. Takes no input; finding nothing is the rule.
/// </summary>
internal sealed class ContinueHostWork(Database db, HostRefreshes refreshes, PortRemovals removals)
{
    private const int Batch = 100;

    [Function("network-continue-host-work")]
    public async Task RunAsync([TimerTrigger("0 * * * * *", RunOnStartup = true)] TimerInfo timer)
    {
        var late = await db.ReadAsync(HostStore.ListLateRefreshesAsync);
        foreach (var host in late)
            await db.WriteAsync(tx => RefreshAsync(tx, host.HostId));
        var removed = await db.ReadAsync(tx => tx.ListLateRemovalsAsync(Batch));
        foreach (var port in removed)
            await db.WriteAsync(tx => RemoveAsync(tx, port.Id));
    }

    private async ValueTask RefreshAsync(Tx tx, HostId host)
    {
        if (await tx.FindRefreshAsync(host) is { Running: null } refresh && refresh.Done < refresh.Wanted)
            await refreshes.StartAsync(tx, await tx.WantRefreshAsync(host));
    }

    private async ValueTask RemoveAsync(Tx tx, PortId id)
    {
        if (await tx.FindBuriedAsync(id) is { Removal: null } port)
            await removals.StartAsync(tx, port, $"again-{Time.ToMicroseconds(tx.Now)}");
    }
}
