using Pipeline.BlockStorage.Volumes.Actions;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Backups;

/// <summary>What operators do to a backup: show another status, or delete it whatever its status shows.</summary>
internal sealed class BackupAction(Database db, BackupOperations operations)
{
    private const string Reset = "volume_extension:backup_admin_actions:reset_status";
    private const string Delete = "volume_extension:backup_admin_actions:force_delete";

    [Function("volume-backup-action"), Policy("backup:action", Require.ProjectMember), Answers(202)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "volume/v3/backups/{id}/action")]
            HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId,
        CancellationToken ct
    )
    {
        var body = await request.ReadFieldsAsync(ct);
        if (body.Entries().ToList() is not [var (name, argument)])
            throw Fault.BadRequest("Malformed request body: it must name one action.");
        if (name is not ("os-reset_status" or "os-force_delete"))
        {
            await db.ReadAsync(tx => BackupOperations.FindAsync(tx, id, caller));
            throw Fault.BadRequest($"There is no such action: {name}");
        }
        var rule = name == "os-reset_status" ? Reset : Delete;
        VolumeAction.RequireAdmin(caller, rule);
        var status =
            rule == Reset ? argument.Object()["status"].Choice(BackupStatus.Available, BackupStatus.Error) : null;
        await db.WriteAsync(async tx =>
        {
            var backup = await BackupOperations.LockAsync(tx, id, caller);
            if (status is not null)
                await tx.SetBackupStatusAsync(backup.Id, Shown(backup, status));
            else
                await operations.BeginDeleteAsync(tx, backup, requestId.Value);
            await tx.AuditAsync(caller.Audit(requestId, rule, Backup.ResourceOf(backup.Id)));
        });
        return Answer.Empty(202);
    }

    /// <summary>One that is not whole cannot be restored, whatever it shows; so it shows no such thing.</summary>
    private static string Shown(Backup backup, string status) =>
        status == BackupStatus.Available && backup.Manifest is null
            ? throw Backup.Wrong("it was never whole, and cannot be available.")
            : status;
}
