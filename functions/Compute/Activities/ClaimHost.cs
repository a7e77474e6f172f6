using Pipeline.Compute.Servers;
using Pipeline.Contracts.Placement;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.Compute.Activities;

/// <summary>Finds a host for a server and claims what it needs there.</summary>
internal sealed record ClaimHost(ServerId ServerId, ProjectId Project, Resources Wanted) : IActivity<Allocation>;

internal sealed class ClaimHostHandler(Database db, IAllocations allocations, Scheduler scheduler)
    : IPreparedActivity<ClaimHost, Candidates, Allocation>
{
    public async ValueTask<Candidates> PrepareAsync(ClaimHost step) =>
        scheduler.Rank(await db.ReadAsync(allocations.ListHostsAsync), step.Wanted);

    public async ValueTask<Allocation> RunAsync(Tx tx, ClaimHost step, Candidates prepared)
    {
        foreach (var candidate in prepared.Ranked)
            if (
                await allocations.TryClaimAsync(tx, step.ServerId, step.Project, candidate, step.Wanted) is { } claim
                && await tx.FindServerAsync(step.ServerId) is { } server
            )
            {
                await tx.SaveServerAsync(
                    server with
                    {
                        HostId = claim.Host,
                        HostName = claim.HostName,
                        TaskState = "spawning",
                    }
                );
                return claim;
            }
        throw Scheduler.NoValidHost(prepared);
    }
}

/// <summary>Gives back what a server holds on a host; nothing held is success.</summary>
internal sealed record ReleaseHost(ServerId ServerId) : IActivity<Done>;

internal sealed class ReleaseHostHandler(IAllocations allocations) : ITransactionalActivity<ReleaseHost, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, ReleaseHost step)
    {
        await allocations.ReleaseAsync(tx, step.ServerId);
        if (await tx.FindServerAsync(step.ServerId) is { } server)
            await tx.SaveServerAsync(server with { HostId = null, HostName = null });
        return Done.Instance;
    }
}
