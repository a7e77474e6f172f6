using Pipeline.Data;

namespace Pipeline.BlockStorage.Backups;

/// <summary>Tells an operator what a database that has lost the backup would have to know of it.</summary>
internal sealed class ExportBackup(Database db)
{
    [Function("volume-export-backup"), Policy("backup:backup-export", Require.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/backups/{id}/export_record")]
            HttpRequest request,
        string id,
        Caller caller
    )
    {
        var backup = await db.ReadAsync(tx => BackupOperations.FindAsync(tx, id, caller));
        if (backup is not { Status: BackupStatus.Available, Manifest: not null })
            throw Backup.Wrong($"Backup status must be available and not {backup.Status}.");
        var record = BackupRecord.Of(backup);
        return BackupView.Answer(
            200,
            "backup-record",
            w =>
            {
                w.WriteStartObject();
                w.WriteString("backup_service"u8, record.Service);
                w.WriteString("backup_url"u8, record.ToText());
                w.WriteEndObject();
            }
        );
    }
}
