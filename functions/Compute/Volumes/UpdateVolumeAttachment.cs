using Pipeline.Compute.Orchestrations;
using Pipeline.Compute.Servers;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Data;

namespace Pipeline.Compute.Volumes;

/// <summary>Swaps a volume for another under a running guest: what it holds is copied there, then the other takes its place.</summary>
internal sealed class UpdateVolumeAttachment(
    Database db,
    VolumeOperations operations,
    IVolumes volumes,
    Randomness randomness
)
{
    private const string Rule = "os_compute_api:os-volumes-attachments:swap";
    private static readonly OperationName Name = new("swap_volume", Rule);

    [Function("compute-update-volume-attachment"), Policy(Rule, Require.Admin), Answers(202)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = ListVolumeAttachments.Route + "/{volume}")]
            HttpRequest request,
        ServerId id,
        string volume,
        Caller caller,
        RequestId requestId,
        CancellationToken ct
    )
    {
        var order = (await request.ReadFieldsAsync(ct)).Object("volumeAttachment");
        order.Only("volumeId");
        var wanted = order.Id<VolumeId>("volumeId");
        var attachment = new AttachmentId(randomness.NewGuid());
        await db.WriteAsync(async tx =>
        {
            var (server, host) = await VolumeOperations.LockAsync(tx, id, caller, Name.Action);
            if (server.VmState != "active")
                throw ServerOperations.WrongState(server, Name.Action);
            var old =
                (await tx.ListServerVolumesAsync(id)).FirstOrDefault(v => $"{v.VolumeId}" == volume)
                ?? throw Fault.NotFound($"Instance {id} is not attached to volume {volume}.");
            var next = await HoldAsync(tx, server, host, old, wanted, attachment);
            await tx.AddServerVolumeAsync(next);
            var swap = new SwapVolume(
                old.AttachmentId,
                attachment,
                wanted,
                id,
                host,
                old.Device,
                old.BootIndex,
                old.RequireWay(),
                requestId.Value
            );
            await operations.BeginAsync(tx, old, swap, caller, requestId, Name);
        });
        return Answer.Empty(202);
    }

    /// <summary>The new volume is the server's from here on; the old one is on its way out.</summary>
    private async ValueTask<ServerVolume> HoldAsync(
        Tx tx,
        Server server,
        HostId host,
        ServerVolume old,
        VolumeId wanted,
        AttachmentId attachment
    )
    {
        var from =
            await volumes.FindAsync(tx, server.ProjectId, old.VolumeId)
            ?? throw Fault.NotFound($"Volume {old.VolumeId} could not be found.");
        // What a body names, and is not there, is the body's mistake (Nova, and the API guidelines).
        var to =
            await volumes.FindAsync(tx, server.ProjectId, wanted)
            ?? throw Fault.BadRequest($"Volume {wanted} could not be found.");
        Check(from, to, server, host);
        try
        {
            await volumes.ReserveAsync(tx, new(attachment, wanted, server.Id, server.ProjectId));
            await volumes.BeginDetachAsync(tx, old.AttachmentId);
        }
        catch (Fault fault)
        {
            throw VolumeOperations.Invalid(fault);
        }
        return new()
        {
            AttachmentId = attachment,
            ServerId = server.Id,
            VolumeId = wanted,
            ProjectId = server.ProjectId,
            Device = old.Device,
            Beside = old.AttachmentId,
        };
    }

    private static void Check(VolumeFacts from, VolumeFacts to, Server server, HostId host)
    {
        if (from.Id == to.Id)
            throw Fault.BadRequest($"Invalid volume: volume {to.Id} cannot take its own place");
        if (from.IsMultiattach || to.IsMultiattach)
            throw Fault.BadRequest(
                "Swapping multi-attach volumes with more than one read/write attachment is not supported."
            );
        if (to.Status != "available")
            throw Fault.BadRequest($"Invalid volume: volume {to.Id} is {to.Status}, and has to be available");
        if (to.IsReadOnly)
            throw Fault.BadRequest($"Invalid volume: volume {to.Id} is read-only, and nothing can be copied to it");
        if (to.Gib < from.Gib)
            throw Fault.BadRequest(
                $"Invalid volume: New volume must be the same size or larger. It has {to.Gib} GiB, not {from.Gib}."
            );
        if (to.LocalTo is { } place && place != host)
            throw Fault.BadRequest(
                $"Invalid volume: volume {to.Id} is a file of its host, and server {server.Id} runs on another: only servers there reach it."
            );
    }
}
