using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.Placement.Activities;

/// <summary>
/// What a host lists counts only if it is of this cloud; another cloud's ends the sweep. Then looks whether the host has heard of a history that this database does not have. Then it was restored: a new line of
/// epochs begins, so that its orders count again, and sweeps only report until an operator's word.
/// </summary>
internal sealed record CheckLineage(HostId Host, string Cloud, IReadOnlyList<Milestone> Milestones) : IActivity<Done>;

internal sealed class CheckLineageHandler : ITransactionalActivity<CheckLineage, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, CheckLineage step)
    {
        var cloud = await tx.ReadCloudAsync();
        if (step.Cloud != cloud.Id)
            throw Fault.Conflict($"Host {step.Host} lists what another cloud holds; it is left alone.");
        foreach (var milestone in step.Milestones)
            if (!await tx.HasPassedAsync(cloud, milestone))
            {
                await tx.BeginLineAsync(step.Milestones.Max(m => m.Line));
                await tx.AuditAsync(
                    new(null, null, null, "", "hosts:sweep", "cloud", $"restored: {step.Host} knows more")
                );
                break;
            }
        return Done.Instance;
    }
}
