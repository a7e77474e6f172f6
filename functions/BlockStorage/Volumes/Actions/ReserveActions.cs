using Pipeline.BlockStorage.Attachments;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Volumes.Actions;

/// <summary>The older way to attach by oneself: the volume is held before its way is asked for.</summary>
internal sealed class ReserveAction(Database db, AttachmentOperations operations) : IVolumeAction
{
    private const string Rule = "volume_extension:volume_actions:reserve";

    public string Key => "os-reserve";

    public async Task<IResult> RunAsync(string id, Field argument, Caller caller, RequestId requestId)
    {
        var attachment = new Attachment { Id = operations.NewId(), Status = AttachStatus.Attaching };
        await db.WriteAsync(async tx =>
        {
            var volume = await VolumeOperations.LockAsync(tx, id, caller);
            await tx.ReserveAsync(
                volume,
                attachment with
                {
                    AttachMode = AttachmentOperations.ModeOf(volume, isReadOnly: false),
                }
            );
            await tx.AuditAsync(caller.Audit(requestId, Rule, Volume.ResourceOf(volume.Id)));
        });
        return Answer.Empty(202);
    }
}

/// <summary>Whoever held it does not want it after all. A volume that nobody holds is left.</summary>
internal sealed class UnreserveAction(Database db, AttachmentOperations operations) : IVolumeAction
{
    private const string Rule = "volume_extension:volume_actions:unreserve";

    public string Key => "os-unreserve";

    public async Task<IResult> RunAsync(string id, Field argument, Caller caller, RequestId requestId)
    {
        var asked = new Asked(caller, requestId, Rule);
        await db.WriteAsync(async tx =>
        {
            var volume = await VolumeOperations.LockAsync(tx, id, caller);
            if (await tx.HeldAsync(volume) is { } held)
                await operations.CloseAsync(tx, volume, held, ends: true, asked);
        });
        return Answer.Empty(202);
    }
}

/// <summary>The client is about to let go of the volume.</summary>
internal sealed class BeginDetachingAction(Database db) : IVolumeAction
{
    private const string Rule = "volume_extension:volume_actions:begin_detaching";

    public string Key => "os-begin_detaching";

    public async Task<IResult> RunAsync(string id, Field argument, Caller caller, RequestId requestId)
    {
        await db.WriteAsync(async tx =>
        {
            var volume = await VolumeOperations.LockAsync(tx, id, caller);
            await tx.BeginDetachAsync(volume, await tx.OwnAsync(volume, null));
            await tx.AuditAsync(caller.Audit(requestId, Rule, Volume.ResourceOf(volume.Id)));
        });
        return Answer.Empty(202);
    }
}

/// <summary>It keeps the volume after all. One that is not about to go is left.</summary>
internal sealed class RollDetachingAction(Database db) : IVolumeAction
{
    private const string Rule = "volume_extension:volume_actions:roll_detaching";

    public string Key => "os-roll_detaching";

    public async Task<IResult> RunAsync(string id, Field argument, Caller caller, RequestId requestId)
    {
        await db.WriteAsync(async tx =>
        {
            var volume = await VolumeOperations.LockAsync(tx, id, caller);
            var own = await tx.OwnAsync(volume, null);
            if (own.Status != AttachStatus.Detaching)
                return;
            await tx.SaveAttachmentAsync(own with { Status = AttachStatus.Attached });
            await tx.FollowAsync(volume);
            await tx.AuditAsync(caller.Audit(requestId, Rule, Volume.ResourceOf(volume.Id)));
        });
        return Answer.Empty(202);
    }
}
