using System.Security.Cryptography;
using Pipeline.BlockStorage.Quotas;
using Pipeline.BlockStorage.Volumes;
using Pipeline.BlockStorage.Zones;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Backups;

/// <summary>Makes the record of a backup whose parts are in the store. What it stands on is imported before it.</summary>
internal sealed class ImportBackup(Database db, BackupBlobs backups, BackupFolders folders, PublicUrl publicUrl)
{
    private const string Rule = "backup:backup-import";

    [Function("volume-import-backup"), Policy(Rule, Require.Admin), Answers(201)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "volume/v3/backups/import_record")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        CancellationToken ct
    )
    {
        var order = (await request.ReadFieldsAsync(ct)).Object("backup-record");
        order.Only("backup_service", "backup_url");
        var service = order["backup_service"].Choice(BackupRecord.StoreService, BackupRecord.FolderService);
        var record = BackupRecord.Parse(order["backup_url"].String(1, 65_536));
        if (record.Service != service)
            throw Fault.BadRequest($"Invalid input received: the record is one of {record.Service}.");
        await CheckKeptAsync(record, ct);
        var backup = await db.WriteAsync(async tx =>
        {
            var imported = await AcceptAsync(tx, record, caller);
            await tx.AuditAsync(caller.Audit(requestId, Rule, Backup.ResourceOf(imported.Id)));
            return imported;
        });
        var baseUrl = publicUrl.Of(request);
        return BackupView.Answer(201, "backup", w => BackupView.WriteShort(w, backup, baseUrl));
    }

    /// <summary>The list of its blocks is there, and the one that it was.</summary>
    private async Task CheckKeptAsync(BackupRecord record, CancellationToken ct)
    {
        var (where, sum) = record.Folder is { } folder
            ? ("folder", await folders.LookAsync(folder, record.Id, ct))
            : ("store", await SumOfAsync(record.Id, ct));
        if (sum is null)
            throw Backup.Wrong($"the {where} does not hold backup {record.Id}.");
        if (sum != record.Manifest)
            throw Backup.Wrong($"the {where} does not hold backup {record.Id} as it was exported.");
    }

    private async Task<string?> SumOfAsync(BackupId id, CancellationToken ct)
    {
        var name = BackupBlobs.NameOf(id, BackupBlobs.Manifest);
        if (!await backups.Blobs.ExistsAsync(name, ct))
            return null;
        await using var list = await backups.Blobs.OpenAsync(name, ct: ct);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(list, ct));
    }

    private static async ValueTask<Backup> AcceptAsync(Tx tx, BackupRecord record, Caller caller)
    {
        if (await tx.LockBackupAsync(record.Id) is not null)
            throw Backup.Wrong("Backup already exists in database.");
        var parent = record.Parent is { } of ? await tx.LockBackupAsync(of) : null;
        if (record.Parent is not null && parent is not { Status: BackupStatus.Available })
            throw Backup.Wrong($"it stands on backup {record.Parent}, which has to be imported first.");
        if (parent is not null && parent.FolderId != record.Folder)
            throw Backup.Wrong($"it stands on backup {record.Parent}, which lies elsewhere.");
        var backup = new Backup
        {
            Id = record.Id,
            ProjectId = caller.Project,
            UserId = caller.UserId,
            VolumeId = record.Volume,
            ParentId = parent?.Id,
            RootId = parent?.RootId ?? record.Id,
            FolderId = record.Folder,
            Name = record.Name,
            Description = record.Description,
            Container = record.Container,
            Zone = record.Zone ?? parent?.Zone ?? VolumeZones.Own,
            Status = BackupStatus.Available,
            SizeGib = record.Gib,
            Bootable = record.Bootable,
            ImageMetadata = Volume.TextOf(record.Image ?? []),
            Manifest = record.Manifest,
            Blocks = record.Blocks,
            StoredBytes = record.Bytes,
            DataAt = record.DataAt,
        };
        await VolumeQuota.ClaimAsync(tx, backup.ProjectId, VolumeUsage.Of(backup));
        await tx.AddBackupAsync(backup);
        return backup;
    }
}
