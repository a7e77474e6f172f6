using Pipeline.BlockStorage.Attachments;
using Pipeline.BlockStorage.Orchestrations;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Volumes;

/// <summary>A project's volumes, for its emptying: each goes with its snapshots, whatever its status shows.</summary>
internal sealed class ProjectVolumes(DurableTaskClient durable)
    : HeldRows("volume", PurgeStage.Volumes, "volumes", name: "COALESCE(name, '')")
{
    /// <summary>Another operation may wait for the volume, or somebody may have it still: it is asked again.</summary>
    protected override async ValueTask<bool> TryRemoveAsync(Tx tx, string id, PurgeCause cause)
    {
        if (
            !VolumeId.TryParse(id, out var volume)
            || await tx.LockVolumeAsync(volume) is not { Status: not VolumeStatus.Deleting } found
        )
            return false;
        foreach (var attachment in await tx.ListAttachmentsAsync(volume))
            if (!attachment.Claimed)
                await EndAsync(tx, found, attachment, cause);
        return await VolumeDeletion.TryBeginAsync(tx, durable, await tx.FollowAsync(found), cause.RequestId);
    }

    /// <summary>Servers end by themselves before volumes do; what a client has is taken from it.</summary>
    private async ValueTask EndAsync(Tx tx, Volume volume, Attachment attachment, PurgeCause cause)
    {
        if (volume.HostId is not { } host || attachment.Connector is null)
        {
            await tx.DeleteAttachmentAsync(attachment);
            return;
        }
        var order = new CloseAttachment(attachment.Id, volume.LiesAs, host, Ends: true);
        var instance = $"attachment-{attachment.Id}-close-{cause.RequestId}";
        var options = new StartOptions(instance, volume.ProjectId, cause.RequestId, Supersede: true);
        if (await VolumeDeletion.TryStartAsync(tx, durable, order, options))
            await tx.SaveAttachmentAsync(attachment with { Status = AttachStatus.Detaching });
    }
}
