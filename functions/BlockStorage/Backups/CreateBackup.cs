using Pipeline.BlockStorage.Hosts;
using Pipeline.BlockStorage.Orchestrations;
using Pipeline.BlockStorage.Quotas;
using Pipeline.BlockStorage.Snapshots;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Backups;

/// <summary>Accepts a backup: its record, its usage, its lock and the order to make it, or nothing.</summary>
internal sealed class CreateBackup(Database db, DurableTaskClient durable, Randomness randomness, PublicUrl publicUrl)
{
    private const string Rule = "backup:create";

    [Function("volume-create-backup"), Policy(Rule, Require.ProjectMember), Answers(202)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "volume/v3/backups")] HttpRequest request,
        Caller caller,
        RequestId requestId,
        Microversion version,
        CancellationToken ct
    )
    {
        var body = await request.ReadFieldsAsync(ct);
        var order = NewBackup.Read(body, version);
        var id = new BackupId(randomness.NewGuid());
        var key = IdempotencyKeys.Of(request, caller, body);
        var backup = await db.WriteAsync(async tx =>
        {
            if (await tx.RecallAsync(key) is { } stored)
                return await BackupOperations.FindAsync(tx, stored.Body, caller);
            var accepted = await AcceptAsync(tx, order, id, caller, requestId);
            await tx.RememberAsync(key, 202, accepted.Id.ToString());
            return accepted;
        });
        var baseUrl = publicUrl.Of(request);
        return BackupView.Answer(202, "backup", w => BackupView.WriteShort(w, backup, baseUrl));
    }

    private async ValueTask<Backup> AcceptAsync(Tx tx, NewBackup order, BackupId id, Caller caller, RequestId requestId)
    {
        var volume = await VolumeOperations.LockAsync(tx, order.Volume, caller);
        var snapshot = order.Snapshot is { } of ? await SnapshotOperations.LockAsync(tx, of, caller) : null;
        var host = Check(volume, snapshot, order);
        var dataAt = snapshot?.CreatedAt ?? tx.Now;
        var parent = order.Incremental ? await ParentAsync(tx, volume, dataAt) : null;
        var told = (await tx.FindVolumeHostAsync(host))?.BackupFolder;
        var folder = FolderOf(order, told, parent);
        var backup = new Backup
        {
            Id = id,
            ProjectId = volume.ProjectId,
            UserId = caller.UserId,
            VolumeId = volume.Id,
            SnapshotId = snapshot?.Id,
            ParentId = parent?.Id,
            RootId = parent?.RootId ?? id,
            FolderId = folder,
            Name = order.Name,
            Description = order.Description,
            Container = order.Container ?? (folder is null ? Backup.UsualContainer : Backup.FolderContainer),
            Zone = volume.AvailabilityZone,
            Metadata = Volume.TextOf(order.Metadata),
            Bootable = volume.Bootable,
            ImageMetadata = volume.ImageMetadata,
            SizeGib = snapshot?.SizeGib ?? volume.SizeGib,
            HostId = host,
            DataAt = dataAt,
        };
        await VolumeQuota.ClaimAsync(tx, volume.ProjectId, VolumeUsage.Of(backup));
        await tx.AddBackupAsync(backup);
        await ShowAsync(tx, volume, snapshot);
        var making = new MakeBackup(id, volume.LiesAs, host, volume.Backend!, backup.SizeGib, parent?.Id)
        {
            Snapshot = snapshot?.Id,
            Folder = folder,
            IsInUse = snapshot is null && volume.Status == VolumeStatus.InUse ? true : null,
        };
        var instance = $"backup-{id}-make-{requestId}";
        await durable.StartAsync(tx, making, new(instance, volume.ProjectId, requestId.Value));
        await tx.AuditAsync(caller.Audit(requestId, Rule, Backup.ResourceOf(id)));
        return backup;
    }

    /// <summary>It is held until this transaction ends, so that it is not deleted meanwhile.</summary>
    private static async ValueTask<Backup> ParentAsync(Tx tx, Volume volume, DateTimeOffset dataAt) =>
        await tx.FindParentAsync(volume.ProjectId, volume.Id, dataAt) is { } newest
        && await tx.LockBackupAsync(newest.Id) is { Status: BackupStatus.Available } parent
            ? parent
            : throw Backup.Wrong("No backups available to do an incremental backup.");

    /// <summary>Where the volume's host keeps backups, unless the order names a place. A chain lies in one.</summary>
    /// <param name="told">The folder of the volume's host.</param>
    /// <returns>Null for the cloud's store.</returns>
    private static BackupFolderId? FolderOf(NewBackup order, BackupFolderId? told, Backup? parent)
    {
        var wanted = order.Container switch
        {
            Backup.FolderContainer => told ?? throw Backup.Wrong("the host of the volume has no backup folder."),
            Backup.UsualContainer => null,
            _ => told,
        };
        if (parent is null || parent.FolderId == wanted)
            return wanted;
        if (order.Container is Backup.FolderContainer or Backup.UsualContainer)
            throw Backup.Wrong($"backup {parent.Id}, on which it is to stand, does not lie in {order.Container}.");
        return parent.FolderId is null || parent.FolderId == told
            ? parent.FolderId
            : throw Backup.Wrong($"the host of the volume does not reach backup {parent.Id}, on which it is to stand.");
    }

    /// <returns>The host where it lies.</returns>
    private static HostId Check(Volume volume, Snapshot? snapshot, NewBackup order)
    {
        if (snapshot is not null && snapshot.VolumeId != volume.Id)
            throw SnapshotOperations.Wrong($"snapshot {snapshot.Id} is not one of volume {volume.Id}.");
        if (snapshot is { Status: not SnapshotStatus.Available })
            throw SnapshotOperations.Wrong(
                $"Snapshot to be backed up must be available, but the current status is \"{snapshot.Status}\"."
            );
        if (volume.Status is not (VolumeStatus.Available or VolumeStatus.InUse) || volume.Place is not { } place)
            throw VolumeOperations.Wrong(
                $"Volume to be backed up must be available or in-use, but the current status is \"{volume.Status}\"."
            );
        if (volume.Status == VolumeStatus.InUse && snapshot is null && !order.Force)
            throw VolumeOperations.Wrong("Backing up an in-use volume must use the force flag.");
        if (order.Zone is { } zone && zone != volume.AvailabilityZone)
            throw Backup.Wrong(
                $"zone '{zone}' is not that of the volume, '{volume.AvailabilityZone}', whose host makes its backups."
            );
        return place.Host;
    }

    private static async ValueTask ShowAsync(Tx tx, Volume volume, Snapshot? snapshot)
    {
        if (snapshot is not null)
            await tx.SaveSnapshotAsync(snapshot with { Status = SnapshotStatus.BackingUp });
        else
            await tx.SaveVolumeAsync(volume with { Status = VolumeStatus.BackingUp, PreviousStatus = volume.Status });
    }
}
