using Pipeline.BlockStorage.Attachments;
using Pipeline.BlockStorage.Messages;
using Pipeline.BlockStorage.Snapshots;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Activities;

/// <summary>The volume holds what its snapshot does.</summary>
internal sealed record MarkVolumeReverted(VolumeId VolumeId, SnapshotId SnapshotId) : IActivity<Done>;

internal sealed class MarkVolumeRevertedHandler : ITransactionalActivity<MarkVolumeReverted, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, MarkVolumeReverted step)
    {
        if (await tx.LockVolumeAsync(step.VolumeId) is { } volume)
            await tx.SaveVolumeAsync(
                volume with
                {
                    Status = volume.Becoming(await tx.ShownAsync(volume)),
                    PreviousStatus = null,
                    Fault = null,
                }
            );
        await tx.EndRevertAsync(step.SnapshotId);
        return Done.Instance;
    }
}

/// <summary>Nobody knows which of both the volume holds: it shows that at once, and the snapshot is as it was.</summary>
internal sealed record MarkRevertFailed(VolumeId VolumeId, SnapshotId SnapshotId, FaultDetails Fault) : IActivity<Done>;

internal sealed class MarkRevertFailedHandler : ITransactionalActivity<MarkRevertFailed, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, MarkRevertFailed step)
    {
        if (await tx.LockVolumeAsync(step.VolumeId) is { } volume)
        {
            await tx.SaveVolumeAsync(
                volume with
                {
                    Status = volume.Becoming(VolumeStatus.Error),
                    PreviousStatus = null,
                    Fault = step.Fault.Message,
                }
            );
            await tx.TellAsync(MessageEvent.Revert, volume, step.Fault);
        }
        await tx.EndRevertAsync(step.SnapshotId);
        return Done.Instance;
    }
}

internal static class RevertEnd
{
    public static async ValueTask EndRevertAsync(this Tx tx, SnapshotId id)
    {
        if (await tx.LockSnapshotAsync(id) is { Status: SnapshotStatus.Restoring } snapshot)
            await tx.SaveSnapshotAsync(snapshot with { Status = SnapshotStatus.Available });
    }
}
