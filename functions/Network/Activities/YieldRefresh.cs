using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Network.Hosts;

namespace Pipeline.Network.Activities;

/// <summary>The run gives up; the next change or the sweep begins another.</summary>
internal sealed record YieldRefresh(HostId Host, string Instance) : IActivity<Done>;

internal sealed class YieldRefreshHandler : ITransactionalActivity<YieldRefresh, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, YieldRefresh step)
    {
        await tx.EndRunningAsync(step.Host, step.Instance);
        return Done.Instance;
    }
}
