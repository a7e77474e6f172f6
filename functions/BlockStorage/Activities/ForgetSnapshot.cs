using Pipeline.BlockStorage.Messages;
using Pipeline.BlockStorage.Snapshots;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Activities;

/// <summary>Where a snapshot is.</summary>
internal sealed record FindSnapshotPlace(SnapshotId SnapshotId) : IActivity<SnapshotPlace>;

internal sealed record SnapshotPlace(HostId? Host, VolumeId? Volume);

internal sealed class FindSnapshotPlaceHandler : ITransactionalActivity<FindSnapshotPlace, SnapshotPlace>
{
    public async ValueTask<SnapshotPlace> RunAsync(Tx tx, FindSnapshotPlace step) =>
        await tx.FindSnapshotAsync(step.SnapshotId) is { } snapshot
        && await tx.FindVolumeAsync(snapshot.VolumeId) is { } volume
            ? new(volume.HostId, volume.LiesAs)
            : new(null, null);
}

/// <summary>The end of a snapshot: usage and record.</summary>
internal sealed record ForgetSnapshot(SnapshotId SnapshotId) : IActivity<Done>;

internal sealed class ForgetSnapshotHandler : ITransactionalActivity<ForgetSnapshot, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, ForgetSnapshot step)
    {
        if (await tx.LockSnapshotAsync(step.SnapshotId) is { } snapshot)
            await tx.ForgetAsync(snapshot);
        return Done.Instance;
    }
}

/// <summary>The snapshot is there.</summary>
internal sealed record MarkSnapshotAvailable(SnapshotId SnapshotId) : IActivity<Done>;

internal sealed class MarkSnapshotAvailableHandler : ITransactionalActivity<MarkSnapshotAvailable, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, MarkSnapshotAvailable step)
    {
        if (await tx.LockSnapshotAsync(step.SnapshotId) is { } snapshot)
            await tx.SaveSnapshotAsync(
                snapshot with
                {
                    Status = snapshot.Becoming(SnapshotStatus.Available),
                    Fault = null,
                }
            );
        return Done.Instance;
    }
}

/// <summary>It could not be taken, and shows that at once. One that is being deleted shows nothing.</summary>
internal sealed record MarkSnapshotError(SnapshotId SnapshotId, FaultDetails Fault) : IActivity<Done>;

internal sealed class MarkSnapshotErrorHandler : ITransactionalActivity<MarkSnapshotError, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, MarkSnapshotError step)
    {
        if (step.Fault.Code == FaultCode.Cancelled || await tx.LockSnapshotAsync(step.SnapshotId) is not { } snapshot)
            return Done.Instance;
        await tx.SaveSnapshotAsync(
            snapshot with
            {
                Status = snapshot.Becoming(SnapshotStatus.Error),
                Fault = step.Fault.Message,
            }
        );
        var of = (snapshot.ProjectId, $"{snapshot.Id}");
        await tx.TellAsync(MessageEvent.Take, of, Snapshot.ResourceOf(snapshot.Id), step.Fault);
        return Done.Instance;
    }
}

internal static class SnapshotEnd
{
    public static async ValueTask ForgetAsync(this Tx tx, Snapshot snapshot)
    {
        await tx.ReleaseUsageAsync(snapshot.ProjectId, VolumeUsage.Of(snapshot));
        await tx.DeleteSnapshotRowAsync(snapshot.Id);
        await tx.RecordRemovalAsync(Removals.Snapshot, snapshot.Id.ToString(), snapshot.VolumeId.ToString());
    }
}
