using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Network.Hosts;

namespace Pipeline.Network.Activities;

/// <summary>
/// Records what a host has confirmed and, in the same transaction, decides whether more was wanted meanwhile: a change
/// either finds this run still running, or starts the next one.
/// </summary>
/// <param name="HandOver">True: what is left is for a fresh run.</param>
internal sealed record AcknowledgeRefresh(HostId Host, string Instance, long Version, bool HandOver)
    : IActivity<StalePorts>;

internal sealed class AcknowledgeRefreshHandler(HostRefreshes refreshes, Cloud cloud)
    : ITransactionalActivity<AcknowledgeRefresh, StalePorts>
{
    public async ValueTask<StalePorts> RunAsync(Tx tx, AcknowledgeRefresh step)
    {
        await tx.SetDoneAsync(step.Host, step.Version);
        var refresh = (await tx.FindRefreshAsync(step.Host))!;
        if (refresh.Done < refresh.Wanted && !step.HandOver)
            return await StalePorts.ReadAsync(tx, refresh, cloud.Id);
        await tx.EndRunningAsync(step.Host, step.Instance);
        if (refresh.Done < refresh.Wanted)
            await refreshes.StartAsync(tx, refresh);
        return StalePorts.None;
    }
}
