using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Placement.Ledger;

namespace Pipeline.Placement.Activities;

/// <summary>What its host has confirmed to be gone is not listed any more.</summary>
internal sealed record ForgetQuarantined(HostId Host, IReadOnlyList<Holding> Items) : IActivity<Done>;

internal sealed class ForgetQuarantinedHandler : ITransactionalActivity<ForgetQuarantined, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, ForgetQuarantined step)
    {
        foreach (var item in step.Items)
            await tx.DropQuarantinedAsync(step.Host, item);
        return Done.Instance;
    }
}
