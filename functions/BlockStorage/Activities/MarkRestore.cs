using Pipeline.BlockStorage.Attachments;
using Pipeline.BlockStorage.Backups;
using Pipeline.BlockStorage.Messages;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Activities;

/// <summary>A new volume is being filled with a backup, which its host may read.</summary>
internal sealed record MarkVolumeRestoring(VolumeId VolumeId, BackupId BackupId, HostId On) : IActivity<Done>;

internal sealed class MarkVolumeRestoringHandler : ITransactionalActivity<MarkVolumeRestoring, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, MarkVolumeRestoring step)
    {
        if (await tx.LockVolumeAsync(step.VolumeId) is not { Status: VolumeStatus.Creating } volume)
            return Done.Instance;
        var backup = await tx.FindBackupAsync(step.BackupId);
        await tx.SaveVolumeAsync((backup?.Remind(volume) ?? volume) with { Status = VolumeStatus.Restoring });
        await tx.SetRestoringAsync(step.BackupId, step.VolumeId, step.On);
        return Done.Instance;
    }
}

/// <summary>The volume holds what the backup does.</summary>
internal sealed record MarkVolumeRestored(VolumeId VolumeId) : IActivity<Done>;

internal sealed class MarkVolumeRestoredHandler : ITransactionalActivity<MarkVolumeRestored, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, MarkVolumeRestored step)
    {
        if (await tx.LockVolumeAsync(step.VolumeId) is { } volume)
        {
            var backup = await tx.FindRestoredAsync(volume.Id);
            await tx.SaveVolumeAsync(
                (backup?.Remind(volume) ?? volume) with
                {
                    Status = volume.Becoming(await tx.ShownAsync(volume)),
                    PreviousStatus = null,
                    Fault = null,
                }
            );
        }
        await tx.EndRestoreAsync(step.VolumeId);
        return Done.Instance;
    }
}

/// <summary>What the volume holds is not whole: it shows that at once, and the backup is free.</summary>
internal sealed record MarkRestoreFailed(VolumeId VolumeId, FaultDetails Fault) : IActivity<Done>;

internal sealed class MarkRestoreFailedHandler : ITransactionalActivity<MarkRestoreFailed, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, MarkRestoreFailed step)
    {
        if (await tx.LockVolumeAsync(step.VolumeId) is { } volume)
        {
            await tx.SaveVolumeAsync(
                volume with
                {
                    Status = volume.Becoming(VolumeStatus.ErrorRestoring),
                    PreviousStatus = null,
                    Fault = step.Fault.Message,
                }
            );
            await tx.TellAsync(MessageEvent.Restore, volume, step.Fault);
        }
        await tx.EndRestoreAsync(step.VolumeId);
        return Done.Instance;
    }
}
