using Pipeline.Compute.Orchestrations;
using Pipeline.Compute.Servers;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.Compute.Volumes;

/// <summary>Attaches a volume: it is the server's from here on, and the guest has it soon after.</summary>
internal sealed class CreateVolumeAttachment(
    Database db,
    VolumeOperations operations,
    IVolumes volumes,
    Randomness randomness
)
{
    private const string Rule = "os_compute_api:os-volumes-attachments:create";
    private static readonly OperationName Name = new("attach_volume", Rule);

    [Function("compute-create-volume-attachment"), Policy(Rule, Require.ProjectMember)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = ListVolumeAttachments.Route)] HttpRequest request,
        ServerId id,
        Caller caller,
        RequestId requestId,
        CancellationToken ct
    )
    {
        var body = await request.ReadFieldsAsync(ct);
        var order = body.Object("volumeAttachment");
        order.Only("volumeId", "device");
        var (wanted, volumeId) = (order.Nullable("device")?.String(1), order.Id<VolumeId>("volumeId"));
        var attachment = new AttachmentId(randomness.NewGuid());
        var key = IdempotencyKeys.Of(request, caller, body);
        var volume = await db.WriteAsync(async tx =>
        {
            if (await tx.RecallAsync(key) is { } stored)
                return await FindAsync(tx, id, stored.Body, caller);
            var (added, host) = await AcceptAsync(tx, id, volumeId, wanted, attachment, caller);
            await tx.AddServerVolumeAsync(added);
            var attach = new AttachVolume(attachment, id, host, volumeId, added.Device, requestId.Value);
            await operations.BeginAsync(tx, added, attach, caller, requestId, Name);
            await tx.RememberAsync(key, 200, $"{attachment}");
            return added;
        });
        return VolumeAttachmentView.One(volume);
    }

    /// <summary>What an earlier call attached, as far as the caller's server shows it still.</summary>
    private static async ValueTask<ServerVolume> FindAsync(Tx tx, ServerId id, string attachment, Caller caller)
    {
        await ServerOperations.FindAsync(tx, id, caller);
        return (await tx.ListServerVolumesAsync(id)).FirstOrDefault(v => $"{v.AttachmentId}" == attachment)
            ?? throw Fault.NotFound("The volume was detached since.");
    }

    private async ValueTask<(ServerVolume Volume, HostId Host)> AcceptAsync(
        Tx tx,
        ServerId id,
        VolumeId volumeId,
        string? wanted,
        AttachmentId attachment,
        Caller caller
    )
    {
        var (server, host) = await VolumeOperations.LockAsync(tx, id, caller, Name.Action);
        var facts =
            await volumes.FindAsync(tx, server.ProjectId, volumeId)
            ?? throw Fault.NotFound($"Volume {volumeId} could not be found.");
        if (facts.IsMultiattach)
            throw Fault.BadRequest("Multiattach volumes are only supported starting with compute API version 2.60.");
        if (facts.LocalTo is { } place && place != host)
            throw Fault.BadRequest(
                $"Invalid volume: volume {volumeId} is a file of its host, and server {id} runs on another: only servers there reach it."
            );
        var others = await tx.ListHeldVolumesAsync(id);
        if (others.Any(other => other.VolumeId == volumeId))
            throw Fault.BadRequest($"Invalid volume: volume {volumeId} already attached");
        var device = VolumeNaming.NameOf(server, wanted, others);
        try
        {
            await volumes.ReserveAsync(tx, new(attachment, volumeId, id, server.ProjectId));
        }
        catch (Fault fault)
        {
            throw VolumeOperations.Invalid(fault);
        }
        return (
            new()
            {
                AttachmentId = attachment,
                ServerId = id,
                VolumeId = volumeId,
                ProjectId = server.ProjectId,
                Device = device,
            },
            host
        );
    }
}
