using Pipeline.Data;

namespace Pipeline.BlockStorage.Backups;

/// <summary>A project's backups, for its emptying: those that others stand on go when those have.</summary>
internal sealed class ProjectBackups(BackupOperations operations)
    : HeldRows("backup", PurgeStage.Volumes, "volume_backups", name: "COALESCE(name, '')")
{
    protected override async ValueTask<bool> TryRemoveAsync(Tx tx, string id, PurgeCause cause)
    {
        if (!BackupId.TryParse(id, out var backup) || await tx.LockBackupAsync(backup) is not { Dependents: 0 } found)
            return false;
        try
        {
            return await operations.BeginDeleteAsync(tx, found, cause.RequestId);
        }
        catch (Fault fault) when (fault.Code == FaultCode.Conflict)
        {
            return false; // another operation waits for it already: it is asked again
        }
    }
}
