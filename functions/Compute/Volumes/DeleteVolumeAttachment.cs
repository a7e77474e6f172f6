using Pipeline.Compute.Orchestrations;
using Pipeline.Compute.Servers;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Data;

namespace Pipeline.Compute.Volumes;

/// <summary>Detaches a volume: the guest is asked to let go of it; one that does not keeps it.</summary>
internal sealed class DeleteVolumeAttachment(Database db, VolumeOperations operations, IVolumes volumes)
{
    private const string Rule = "os_compute_api:os-volumes-attachments:delete";
    private static readonly OperationName Name = new("detach_volume", Rule);

    [Function("compute-delete-volume-attachment"), Policy(Rule, Require.ProjectMember), Answers(202)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = ListVolumeAttachments.Route + "/{volume}")]
            HttpRequest request,
        ServerId id,
        string volume,
        Caller caller,
        RequestId requestId
    )
    {
        await db.WriteAsync(async tx =>
        {
            var (_, host) = await VolumeOperations.LockAsync(tx, id, caller, Name.Action);
            var found =
                (await tx.ListServerVolumesAsync(id)).FirstOrDefault(v => $"{v.VolumeId}" == volume)
                ?? throw Fault.NotFound($"Instance {id} is not attached to volume {volume}.");
            if (found.BootIndex == 0)
                throw Fault.BadRequest("Cannot detach a root device volume");
            await BeginAsync(tx, found);
            var order = new DetachVolume(
                found.AttachmentId,
                id,
                host,
                found.Device,
                found.RequireWay(),
                requestId.Value
            );
            await operations.BeginAsync(tx, found, order, caller, requestId, Name);
        });
        return Answer.Empty(202);
    }

    private async ValueTask BeginAsync(Tx tx, ServerVolume volume)
    {
        try
        {
            await volumes.BeginDetachAsync(tx, volume.AttachmentId);
        }
        catch (Fault fault) when (fault.Code == FaultCode.NotFound)
        {
            // An operator has ended it by force: what the guest still has of it goes.
        }
        catch (Fault fault)
        {
            throw VolumeOperations.Invalid(fault);
        }
    }
}
