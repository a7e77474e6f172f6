using Pipeline.BlockStorage.Volumes;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Backups;

/// <summary>What its owner says of a backup: its blocks stay as they are.</summary>
internal sealed class UpdateBackup(Database db, PublicUrl publicUrl)
{
    private const string Rule = "backup:update";

    [Function("volume-update-backup"), Policy(Rule, Require.ProjectMember)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "volume/v3/backups/{id}")] HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId,
        Microversion version
    )
    {
        VolumeVersions.Require(version, VolumeVersions.BackupChanges);
        var order = (await request.ReadFieldsAsync()).Object("backup");
        string[] known = ["name", "description", "display_name", "display_description"];
        order.Only(version < VolumeVersions.BackupMetadata ? known : [.. known, "metadata"]);
        if (!order.Entries().Any())
            throw Fault.BadRequest("Missing required element 'backup' in request body.");
        var names = NewNames.Read(order);
        var metadata = order.Nullable("metadata")?.Object().StringMap();
        var backup = await db.WriteAsync(async tx =>
        {
            var found = await BackupOperations.LockAsync(tx, id, caller);
            var changed = found with
            {
                Name = names.NameOr(found.Name),
                Description = names.DescriptionOr(found.Description),
                Metadata = metadata is null ? found.Metadata : Volume.TextOf(metadata),
            };
            await tx.SetBackupWordsAsync(changed);
            await tx.AuditAsync(caller.Audit(requestId, Rule, Backup.ResourceOf(changed.Id)));
            return changed;
        });
        var baseUrl = publicUrl.Of(request);
        return BackupView.Answer(200, "backup", w => BackupView.WriteShort(w, backup, baseUrl));
    }
}
