using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Backups;

/// <summary>What all that is done to a backup does alike: see it, hold it, begin its end.</summary>
internal sealed class BackupOperations(DurableTaskClient durable)
{
    /// <summary>The backup if the caller may see it.</summary>
    /// <exception cref="Fault">NotFound otherwise.</exception>
    public static async ValueTask<Backup> FindAsync(Tx tx, string id, Caller caller) =>
        Seen(BackupId.TryParse(id, out var known) ? await tx.FindBackupAsync(known) : null, id, caller);

    /// <summary>The same, and nobody else decides on it until the transaction ends.</summary>
    public static async ValueTask<Backup> LockAsync(Tx tx, string id, Caller caller) =>
        Seen(BackupId.TryParse(id, out var known) ? await tx.LockBackupAsync(known) : null, id, caller);

    /// <summary>What is being done to it is cancelled and undone, then its blocks go.</summary>
    /// <returns>False when it is being deleted already.</returns>
    /// <exception cref="Fault">BadRequest while others stand on it.</exception>
    public async ValueTask<bool> BeginDeleteAsync(Tx tx, Backup backup, string requestId)
    {
        if (backup.Dependents > 0)
            throw Backup.Wrong("Incremental backups exist for this backup.");
        if (backup.Status == BackupStatus.Deleting)
            return false;
        var options = new StartOptions(
            $"backup-{backup.Id}-delete-{requestId}",
            backup.ProjectId,
            requestId,
            Supersede: true
        );
        if (
            !await durable.StartAsync(
                tx,
                new Orchestrations.DeleteBackup(backup.Id) { Folder = backup.FolderId },
                options
            )
        )
            return false;
        await tx.SetBackupStatusAsync(backup.Id, BackupStatus.Deleting);
        return true;
    }

    private static Backup Seen(Backup? backup, string id, Caller caller) =>
        backup is not null && (caller.IsAdmin || backup.ProjectId == caller.ProjectId)
            ? backup
            : throw Fault.NotFound($"Backup {id} could not be found.");
}
