using Pipeline.BlockStorage.Volumes;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Attachments;

/// <summary>Reserves a volume; with a connector its way is opened, and the answer has it.</summary>
internal sealed class CreateAttachment(Database db, AttachmentOperations operations)
{
    private const string Rule = "volume:attachment_create";

    [Function("volume-create-attachment"), Policy(Rule, Require.ProjectMember)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "volume/v3/attachments")] HttpRequest request,
        Caller caller,
        RequestId requestId,
        Microversion version,
        CancellationToken ct
    )
    {
        VolumeVersions.Require(version, AttachmentVersion.First);
        var order = (await request.ReadFieldsAsync(ct)).Object("attachment");
        if (version < AttachmentVersion.Mode)
            order.Only("volume_uuid", "instance_uuid", "connector");
        else
            order.Only("volume_uuid", "instance_uuid", "connector", "mode");
        var volumeId = order["volume_uuid"].Uuid();
        var instance = order.Nullable("instance_uuid")?.Uuid();
        var connector = ClientConnector.Read(order.Nullable("connector"));
        var mode = order.Nullable("mode")?.Choice(Attachment.ReadWrite, Attachment.ReadOnly);
        var (id, secret, asked) = (operations.NewId(), operations.NewSecret(), new Asked(caller, requestId, Rule));
        var opening = await db.WriteAsync(async tx =>
        {
            var volume = await VolumeOperations.LockAsync(tx, $"{volumeId}", caller);
            var wanted = new Attachment
            {
                Id = id,
                ServerId = instance is { } server ? new ServerId(server) : null,
                AttachMode = AttachmentOperations.ModeOf(volume, mode == Attachment.ReadOnly),
            };
            var added = await tx.ReserveAsync(volume, wanted);
            if (connector is not null)
            {
                var held = await tx.LockVolumeAsync(volume.Id);
                return await operations.OpenAsync(tx, held!, added, connector, isNew: true, secret, asked);
            }
            await tx.AuditAsync(caller.Audit(requestId, Rule, Attachment.ResourceOf(id)));
            return null;
        });
        await operations.WaitAsync(opening, ct);
        return await operations.ShowAsync($"{id}", caller);
    }
}
