using System.Text.Json.Serialization;
using Pipeline.Compute.Servers;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Contracts.Placement;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.Compute.Activities;

/// <summary>Finds a host for a server and claims what it needs there.</summary>
internal sealed record ClaimHost(ServerId ServerId, ProjectId Project, Resources Wanted) : IActivity<Allocation>
{
    /// <summary>The volumes that it starts with, all of them made: some can be reached from their own host alone. Null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<VolumeId>? Volumes { get; init; }
}

internal sealed class ClaimHostHandler(Database db, IAllocations allocations, IVolumes volumes, Scheduler scheduler)
    : IPreparedActivity<ClaimHost, Candidates, Allocation>
{
    public async ValueTask<Candidates> PrepareAsync(ClaimHost step)
    {
        var (hosts, places) = await db.ReadAsync(async tx =>
            (await allocations.ListHostsAsync(tx), await PlacesAsync(tx, step))
        );
        return scheduler.Rank(hosts, step.Wanted, places);
    }

    private async ValueTask<IReadOnlyCollection<HostId>> PlacesAsync(Tx tx, ClaimHost step)
    {
        var places = new HashSet<HostId>();
        foreach (var id in step.Volumes ?? [])
            if (await volumes.FindAsync(tx, step.Project, id) is { LocalTo: { } host })
                places.Add(host);
        return places;
    }

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
