using Pipeline.BlockStorage.Attachments;
using Pipeline.BlockStorage.Orchestrations;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Volumes.Actions;

/// <summary>The client says where it has the volume. What it says it is attached to is its own word.</summary>
internal sealed class AttachAction(Database db, AttachmentOperations operations) : IVolumeAction
{
    private const string Rule = "volume_extension:volume_actions:attach";

    public string Key => "os-attach";

    public async Task<IResult> RunAsync(string id, Field argument, Caller caller, RequestId requestId)
    {
        var order = argument.Object();
        order.Only("instance_uuid", "host_name", "mountpoint", "mode");
        var instance = order.Nullable("instance_uuid")?.Uuid();
        var host = order.Nullable("host_name")?.String(1);
        var device = order["mountpoint"].String(1);
        var mode = order.Nullable("mode")?.Choice(Attachment.ReadWrite, Attachment.ReadOnly) ?? Attachment.ReadWrite;
        if (instance is not null && host is not null)
            throw Fault.BadRequest("Invalid request to attach volume to an instance and a host simultaneously");
        if (instance is null && host is null)
            throw Fault.BadRequest("Invalid request to attach volume to an invalid target");
        var fresh = operations.NewId();
        await db.WriteAsync(async tx =>
        {
            var volume = await VolumeOperations.LockAsync(tx, id, caller);
            if (volume.ReadOnly && mode == Attachment.ReadWrite)
                throw Fault.BadRequest($"Invalid attaching mode '{mode}' for volume {volume.Id}: it is read-only.");
            var held =
                await tx.HeldAsync(volume)
                ?? await tx.ReserveAsync(volume, new() { Id = fresh, Status = AttachStatus.Attaching });
            await tx.SaveAttachmentAsync(
                held with
                {
                    Status = AttachStatus.Attached,
                    ServerId = instance is { } server ? new ServerId(server) : null,
                    HostName = host ?? held.HostName,
                    Device = device,
                    AttachMode = mode,
                    AttachedAt = tx.Now,
                }
            );
            await tx.FollowAsync((await tx.LockVolumeAsync(volume.Id))!);
            await tx.AuditAsync(caller.Audit(requestId, Rule, Volume.ResourceOf(volume.Id)));
        });
        return Answer.Empty(202);
    }
}

/// <summary>The client has let go of the volume; a way that is still open is closed.</summary>
internal sealed class DetachAction(Database db, AttachmentOperations operations) : IVolumeAction
{
    private const string Rule = "volume_extension:volume_actions:detach";

    public string Key => "os-detach";

    public async Task<IResult> RunAsync(string id, Field argument, Caller caller, RequestId requestId)
    {
        var named = argument.IsNull ? null : argument.Object().Nullable("attachment_id")?.String(1);
        var asked = new Asked(caller, requestId, Rule);
        await db.WriteAsync(async tx =>
        {
            var volume = await VolumeOperations.LockAsync(tx, id, caller);
            return await operations.CloseAsync(tx, volume, await tx.OwnAsync(volume, named), ends: true, asked);
        });
        return Answer.Empty(202);
    }
}

/// <summary>Opens the way to a volume for a client's host, and answers it with its password.</summary>
internal sealed class InitializeConnectionAction(Database db, AttachmentOperations operations) : IVolumeAction
{
    private const string Rule = "volume_extension:volume_actions:initialize_connection";

    public string Key => "os-initialize_connection";

    public async Task<IResult> RunAsync(string id, Field argument, Caller caller, RequestId requestId)
    {
        var field = argument.Object()["connector"];
        var connector = ClientConnector.Read(field) ?? throw field.Wrong("must not be empty");
        var (fresh, secret, asked) = (operations.NewId(), operations.NewSecret(), new Asked(caller, requestId, Rule));
        var (of, opening) = await db.WriteAsync(async tx =>
        {
            var volume = await VolumeOperations.LockAsync(tx, id, caller);
            var held = await tx.HeldAsync(volume);
            if (held is { Connection: not null } && held.From == connector.Host)
                return (held.Id, (string?)null);
            if (held is { Connector: not null })
                throw VolumeOperations.Wrong($"Volume {volume.Id} is reached from another host.");
            var known = held ?? await tx.ReserveAsync(volume, new() { Id = fresh, Status = AttachStatus.Attaching });
            var now = (await tx.LockVolumeAsync(volume.Id))!;
            return (known.Id, await operations.OpenAsync(tx, now, known, connector, held is null, secret, asked));
        });
        await operations.WaitAsync(opening, CancellationToken.None);
        return await AnswerAsync(of, caller);
    }

    private async Task<IResult> AnswerAsync(AttachmentId id, Caller caller)
    {
        var (attachment, sealedSecret) = await db.ReadAsync(async tx =>
        {
            var found = await AttachmentOperations.FindAsync(tx, $"{id}", caller);
            return (found, await operations.FindPasswordAsync(tx, found, caller));
        });
        var way = attachment.Way ?? throw VolumeOperations.Wrong($"Volume {attachment.VolumeId} is not reached.");
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartObject("connection_info"u8);
                w.WriteString("driver_volume_type"u8, WayView.TypeOf(way));
                w.WriteStartObject("data"u8);
                WayView.WriteData(w, attachment, way, operations.Open(sealedSecret));
                w.WriteEndObject();
                w.WriteEndObject();
                w.WriteEndObject();
            }
        );
    }
}

/// <summary>Closes the way; the volume is held until it is detached.</summary>
internal sealed class TerminateConnectionAction(Database db, AttachmentOperations operations) : IVolumeAction
{
    private const string Rule = "volume_extension:volume_actions:terminate_connection";

    public string Key => "os-terminate_connection";

    public async Task<IResult> RunAsync(string id, Field argument, Caller caller, RequestId requestId)
    {
        _ = argument.Object()["connector"];
        var asked = new Asked(caller, requestId, Rule);
        var closing = await db.WriteAsync(async tx =>
        {
            var volume = await VolumeOperations.LockAsync(tx, id, caller);
            var all = await tx.ListAttachmentsAsync(volume.Id);
            if (all.FirstOrDefault(a => a is { Claimed: false, Connector: not null }) is { } open)
                return await operations.CloseAsync(tx, volume, open, ends: false, asked);
            foreach (var claimed in all)
                AttachmentOperations.CheckOwn(claimed);
            return null;
        });
        await operations.WaitAsync(closing, CancellationToken.None);
        return Answer.Empty(202);
    }
}

/// <summary>
/// An operator takes a volume from whoever has it: its way is closed where it lies, then the record ends. A guest loses the disk as soon as
/// its host can be told, which holds nothing up. One that is only about to get the volume has its own operation to be cancelled.
/// </summary>
internal sealed class ForceDetachAction(Database db, AttachmentOperations operations) : IVolumeAction
{
    private const string Rule = "volume_extension:volume_admin_actions:force_detach";

    public string Key => "os-force_detach";

    public async Task<IResult> RunAsync(string id, Field argument, Caller caller, RequestId requestId)
    {
        VolumeAction.RequireAdmin(caller, Rule);
        var order = argument.Object();
        order.Only("attachment_id", "connector");
        var named = order.Nullable("attachment_id")?.String(1);
        var asked = new Asked(caller, requestId, Rule);
        await db.WriteAsync(async tx =>
        {
            var volume = await VolumeOperations.LockAsync(tx, id, caller);
            var taken = await tx.OneAsync(volume, named);
            if (taken is { Claimed: true, Status: AttachStatus.Reserved or AttachStatus.Attaching })
                throw VolumeOperations.Wrong(
                    $"Volume {volume.Id} is being attached to server {taken.ServerId}: its operation has to end first."
                );
            var guest = taken is { Claimed: true, GuestHostId: { } host, ServerId: { } server }
                ? new GuestDisk(host, server, taken.Id)
                : null;
            return await operations.CloseAsync(tx, volume, taken, ends: true, asked, guest);
        });
        return Answer.Empty(202);
    }
}
