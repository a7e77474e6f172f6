using Pipeline.BlockStorage.Attachments;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Volumes.Actions;

/// <summary>
/// An operator's word on what a volume shows, at once and audited. Fences, claims and what is being done do not follow it. That it is
/// `detached` is made so: who has it loses it, as by `os-force_detach`.
/// </summary>
internal sealed class ResetStatusAction(Database db, AttachmentOperations attachments) : IVolumeAction
{
    private const string Rule = "volume_extension:volume_admin_actions:reset_status";
    private const string Attached = "attached";
    private const string Detached = "detached";
    private const string None = "none";

    public string Key => "os-reset_status";

    public async Task<IResult> RunAsync(string id, Field argument, Caller caller, RequestId requestId)
    {
        VolumeAction.RequireAdmin(caller, Rule);
        var order = argument.Object();
        order.Only("status", "attach_status", "migration_status");
        var status = order.Nullable("status")?.Choice(VolumeStatus.Settable);
        var attach = order.Nullable("attach_status")?.Choice(Attached, Detached);
        var migration = order.Nullable("migration_status")?.Choice([.. MigrationStatuses.All, None]);
        if ((status, attach, migration) is (null, null, null))
            throw Fault.BadRequest("Must specify 'status', 'attach_status' or 'migration_status' for update.");
        var asked = new Asked(caller, requestId, Rule);
        await db.WriteAsync(async tx =>
        {
            var volume = await VolumeOperations.LockAsync(tx, id, caller);
            if (attach is not null)
                volume = await AttachAsync(tx, volume, attach == Attached, asked);
            if (migration is not null && volume.Other is not null)
                throw VolumeOperations.Wrong($"Volume {volume.Id} is moving: its operation has to end first.");
            await tx.SaveVolumeAsync(
                volume with
                {
                    Status = status ?? volume.Status,
                    MigrationStatus = migration switch
                    {
                        null => volume.MigrationStatus,
                        None => null,
                        _ => migration,
                    },
                }
            );
            await tx.AuditAsync(caller.Audit(requestId, Rule, Volume.ResourceOf(volume.Id)));
        });
        return Answer.Empty(202);
    }

    /// <returns>The volume as it is then.</returns>
    /// <exception cref="Fault">BadRequest where it is attached to nobody: a word does not give it to anybody.</exception>
    private async ValueTask<Volume> AttachAsync(Tx tx, Volume volume, bool isAttached, Asked asked)
    {
        var all = await tx.ListAttachmentsAsync(volume.Id);
        if (isAttached && all.Count == 0)
            throw VolumeOperations.Wrong($"Volume {volume.Id} has no attachment that could be shown as attached.");
        foreach (var attachment in isAttached ? [] : all)
        {
            await attachments.TakeAsync(tx, volume, attachment, asked);
            volume = (await tx.LockVolumeAsync(volume.Id))!;
        }
        return volume;
    }
}
