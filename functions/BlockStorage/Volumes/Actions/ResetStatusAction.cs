using Pipeline.BlockStorage.Attachments;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Volumes.Actions;

/// <summary>
/// An operator's word on what a volume shows, at once and audited. Fences, claims and what is being done do not follow it. Who has it
/// follows from its attachments: the word for that must be true.
/// </summary>
internal sealed class ResetStatusAction(Database db) : IVolumeAction
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
        await db.WriteAsync(async tx =>
        {
            var volume = await VolumeOperations.LockAsync(tx, id, caller);
            if (attach is not null)
                await RequireAsync(tx, volume, attach == Attached);
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

    /// <exception cref="Fault">BadRequest where that is not so: a word gives a volume to nobody, and takes it from nobody.</exception>
    private static async ValueTask RequireAsync(Tx tx, Volume volume, bool isAttached)
    {
        var all = await tx.ListAttachmentsAsync(volume.Id);
        if (isAttached && all.Count == 0)
            throw VolumeOperations.Wrong($"Volume {volume.Id} has no attachment that could be shown as attached.");
        if (!isAttached && all.Count > 0)
            throw VolumeOperations.Wrong(
                $"Volume {volume.Id} has attachment {all[0].Id}: os-force_detach takes it from whoever has it by that."
            );
    }
}
