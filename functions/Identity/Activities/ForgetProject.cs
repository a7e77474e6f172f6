using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Identity.Purge;

namespace Pipeline.Identity.Activities;

/// <summary>A deleted project that owns nothing any more is not among the ownerless ones.</summary>
internal sealed record ForgetProject(ProjectId Project) : IActivity<Done>;

internal sealed class ForgetProjectHandler(ProjectHoldings holdings) : ITransactionalActivity<ForgetProject, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, ForgetProject step)
    {
        if ((await holdings.CountAsync(tx, step.Project)).Count == 0)
            await tx.ForgetDeletedProjectAsync(step.Project);
        return Done.Instance;
    }
}
