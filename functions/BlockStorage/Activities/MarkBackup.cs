using Pipeline.BlockStorage.Attachments;
using Pipeline.BlockStorage.Backups;
using Pipeline.BlockStorage.Hosts;
using Pipeline.BlockStorage.Messages;
using Pipeline.BlockStorage.Snapshots;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Activities;

/// <summary>The backup is whole, and its volume is what it was.</summary>
internal sealed record MarkBackupAvailable(BackupId BackupId, BackupContent Content) : IActivity<Done>;

internal sealed class MarkBackupAvailableHandler : ITransactionalActivity<MarkBackupAvailable, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, MarkBackupAvailable step)
    {
        await tx.ReleaseSourceAsync(step.BackupId);
        await tx.SetContentAsync(step.BackupId, step.Content);
        return Done.Instance;
    }
}

/// <summary>It could not be made, and shows that at once; its host may not write to it any more, and its volume is what it was.</summary>
internal sealed record MarkBackupError(BackupId BackupId, FaultDetails Fault) : IActivity<Done>;

internal sealed class MarkBackupErrorHandler : ITransactionalActivity<MarkBackupError, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, MarkBackupError step)
    {
        await tx.ReleaseSourceAsync(step.BackupId);
        await tx.SetBackupErrorAsync(step.BackupId, step.Fault.Message);
        if (await tx.FindBackupAsync(step.BackupId) is { } backup)
        {
            var of = (backup.ProjectId, $"{backup.Id}");
            await tx.TellAsync(MessageEvent.BackUp, of, Backup.ResourceOf(backup.Id), step.Fault);
        }
        return Done.Instance;
    }
}

/// <summary>Removes all that is kept of a backup; nothing there is success.</summary>
internal sealed record DropBackup(BackupId BackupId) : IActivity<Done>;

internal sealed class DropBackupHandler(BackupBlobs backups) : ILocalActivity<DropBackup, Done>
{
    public async Task<Done> RunAsync(DropBackup step, CancellationToken ct)
    {
        await foreach (var blob in backups.Blobs.ListAsync($"{step.BackupId}/", ct))
            await backups.Blobs.DeleteAsync(blob.Name, ct);
        return Done.Instance;
    }
}

/// <summary>Finds a host that reaches a folder of backups.</summary>
internal sealed record FindFolderHost(BackupFolderId Folder) : IActivity<FolderHost>;

/// <param name="Host">Null where none has it any more: what lies there is out of reach.</param>
internal sealed record FolderHost(HostId? Host);

internal sealed class FindFolderHostHandler(IHosts hosts) : ITransactionalActivity<FindFolderHost, FolderHost>
{
    public async ValueTask<FolderHost> RunAsync(Tx tx, FindFolderHost step)
    {
        var having = await tx.ListFolderHostsAsync(step.Folder);
        var up = (await hosts.ListUpAsync(tx)).ToHashSet();
        HostId? found = having.Where(up.Contains).Select(host => (HostId?)host).FirstOrDefault();
        return having.Count == 0 || found is not null
            ? new(found)
            : throw new Fault(FaultCode.Unavailable, $"no host that has the backup folder {step.Folder} is up");
    }
}

/// <summary>The end of a backup: usage and record.</summary>
internal sealed record ForgetBackup(BackupId BackupId) : IActivity<Done>;

internal sealed class ForgetBackupHandler : ITransactionalActivity<ForgetBackup, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, ForgetBackup step)
    {
        if (await tx.LockBackupAsync(step.BackupId) is not { } backup)
            return Done.Instance;
        await tx.ReleaseUsageAsync(backup.ProjectId, VolumeUsage.Of(backup));
        await tx.DeleteBackupRowAsync(backup.Id);
        return Done.Instance;
    }
}

internal static class BackupSource
{
    /// <summary>What a backup was made of shows again what it showed before.</summary>
    public static async ValueTask ReleaseSourceAsync(this Tx tx, BackupId id)
    {
        if (await tx.FindBackupAsync(id) is not { } backup)
            return;
        if (
            backup.SnapshotId is { } of
            && await tx.LockSnapshotAsync(of) is { Status: SnapshotStatus.BackingUp } snapshot
        )
            await tx.SaveSnapshotAsync(snapshot with { Status = SnapshotStatus.Available });
        if (
            backup.SnapshotId is null
            && await tx.LockVolumeAsync(backup.VolumeId) is { Status: VolumeStatus.BackingUp } volume
        )
            await tx.SaveVolumeAsync(volume with { Status = await tx.ShownAsync(volume), PreviousStatus = null });
    }
}
