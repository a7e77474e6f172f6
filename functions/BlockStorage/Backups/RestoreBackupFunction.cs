using Pipeline.BlockStorage.Hosts;
using Pipeline.BlockStorage.Orchestrations;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Backups;

/// <summary>What a backup holds goes into a new volume, or takes the place of what one holds.</summary>
internal sealed class RestoreBackupFunction(
    Database db,
    VolumeIntake intake,
    VolumeOperations operations,
    Randomness randomness
)
{
    private const string Rule = "backup:restore";

    [Function("volume-restore-backup"), Policy(Rule, Require.ProjectMember), Answers(202)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "volume/v3/backups/{id}/restore")]
            HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId,
        CancellationToken ct
    )
    {
        var order = (await request.ReadFieldsAsync(ct)).Object("restore");
        order.Only("volume_id", "name");
        var into = order.Nullable("volume_id")?.String();
        var name = NewVolume.NameOf(order.Nullable("name"));
        var made = new VolumeId(randomness.NewGuid());
        var (backup, volume) = await db.WriteAsync(async tx =>
        {
            var held = into is null ? null : await VolumeOperations.LockAsync(tx, into, caller);
            var source = await BackupOperations.LockAsync(tx, id, caller);
            if (source.Status != BackupStatus.Available)
                throw Backup.Wrong("Backup status must be available");
            await tx.AuditAsync(caller.Audit(requestId, Rule, Backup.ResourceOf(source.Id)));
            var wanted = NewVolume.OfBackup(source, name ?? $"restore_backup_{source.Id}");
            if (held is not null)
                await BeginAsync(tx, source, held, caller, requestId);
            return (source, held ?? await intake.AcceptAsync(tx, wanted, made, caller, requestId));
        });
        return BackupView.Answer(
            202,
            "restore",
            w =>
            {
                w.WriteStartObject();
                w.WriteString("backup_id"u8, backup.Id.Value);
                w.WriteString("volume_id"u8, volume.Id.Value);
                w.WriteString("volume_name"u8, volume.Name);
                w.WriteEndObject();
            }
        );
    }

    private async ValueTask BeginAsync(Tx tx, Backup backup, Volume volume, Caller caller, RequestId requestId)
    {
        if (volume.Status != VolumeStatus.Available || volume.Place is not { } place)
            throw VolumeOperations.Wrong("Volume to be restored to must be available");
        if (volume.SizeGib < backup.SizeGib)
            throw VolumeOperations.Wrong(
                $"volume size {volume.SizeGib} is too small to restore backup of size {backup.SizeGib}."
            );
        if (backup.FolderId is { } folder && (await tx.FindVolumeHostAsync(place.Host))?.BackupFolder != folder)
            throw Backup.Wrong($"the host of volume {volume.Id} does not reach the folder in which it lies.");
        await tx.SetRestoringAsync(backup.Id, volume.Id, place.Host);
        var order = new RestoreBackup(volume.Id, place.Host, place.Backend, backup.Id, backup.Manifest!)
        {
            Name = volume.NameId,
            Folder = backup.FolderId,
        };
        var changed = volume with { Status = VolumeStatus.Restoring, PreviousStatus = volume.Status };
        await operations.BeginAsync(tx, changed, order, caller, requestId, ("restore", Rule));
    }
}
