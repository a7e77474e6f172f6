using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Network.Routers;

namespace Pipeline.Network.Activities;

/// <summary>Records that hosts from which a router was taken have let go of it.</summary>
internal sealed record ForgetRouterCopies(RouterId Router, IReadOnlyList<HostId> Hosts) : IActivity<Done>;

internal sealed class ForgetRouterCopiesHandler : ITransactionalActivity<ForgetRouterCopies, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, ForgetRouterCopies step)
    {
        foreach (var host in step.Hosts)
            await tx.ForgetCopyAsync(step.Router, host);
        return Done.Instance;
    }
}
