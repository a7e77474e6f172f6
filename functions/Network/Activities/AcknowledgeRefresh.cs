using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Network.Hosts;

namespace Pipeline.Network.Activities;

/// <summary>Records what a host has confirmed. What was wanted meanwhile has a run of its own waiting.</summary>
internal sealed record AcknowledgeRefresh(HostId Host, long Version) : IActivity<Done>;

internal sealed class AcknowledgeRefreshHandler : ITransactionalActivity<AcknowledgeRefresh, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, AcknowledgeRefresh step)
    {
        await tx.SetDoneAsync(step.Host, step.Version);
        return Done.Instance;
    }
}
