using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Network.Hosts;
using Pipeline.Network.Orchestrations;

namespace Pipeline.Network.Sweeps;

/// <summary>
/// Begins again where a run gave up because its host was silent. A host that was removed from the cloud is told nothing
/// any more. Takes no input; finding nothing is the rule.
/// </summary>
internal sealed class RefreshLateHosts(Database db, HostRefreshes refreshes, IHosts hosts)
{
    [Function("network-refresh-late-hosts")]
    public async Task RunAsync([TimerTrigger("0 * * * * *", RunOnStartup = true)] TimerInfo timer)
    {
        foreach (var late in await db.ReadAsync(HostStore.ListLateRefreshesAsync))
            if (await hosts.FindAsync(late.HostId) is null)
                await db.WriteAsync(tx => tx.SetDoneAsync(late.HostId, late.Wanted));
            else
                await db.WriteAsync(tx => RestartAsync(tx, late.HostId));
    }

    private async ValueTask RestartAsync(Tx tx, HostId host)
    {
        var held = await tx.FindHeldAsync(new RefreshHost(host).Resource!);
        if (held?.Operation is null)
            await refreshes.StartAsync(tx, await tx.WantRefreshAsync(host));
    }
}
