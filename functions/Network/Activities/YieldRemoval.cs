using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Network.Hosts;

namespace Pipeline.Network.Activities;

/// <summary>The removal gives up for now; the sweep begins another.</summary>
internal sealed record YieldRemoval(PortId Port, string Instance) : IActivity<Done>;

internal sealed class YieldRemovalHandler : ITransactionalActivity<YieldRemoval, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, YieldRemoval step)
    {
        await tx.EndRemovalAsync(step.Port, step.Instance);
        return Done.Instance;
    }
}
