using Pipeline.Data;

namespace Pipeline.BlockStorage.Backups;

/// <summary>Begins the end of a backup that nothing stands on. Asked twice it is one delete.</summary>
internal sealed class DeleteBackupFunction(Database db, BackupOperations operations)
{
    private const string Rule = "backup:delete";

    [Function("volume-delete-backup"), Policy(Rule, Require.ProjectMember), Answers(202)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "volume/v3/backups/{id}")] HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId
    )
    {
        await db.WriteAsync(async tx =>
        {
            var backup = await BackupOperations.LockAsync(tx, id, caller);
            if (backup.Status == BackupStatus.Deleting)
                return;
            if (backup.Status is not (BackupStatus.Available or BackupStatus.Error))
                throw Backup.Wrong("Backup status must be available or error");
            if (await operations.BeginDeleteAsync(tx, backup, requestId.Value))
                await tx.AuditAsync(caller.Audit(requestId, Rule, Backup.ResourceOf(backup.Id)));
        });
        return Answer.Empty(202);
    }
}
