using Pipeline.BlockStorage.Volumes;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Attachments;

/// <summary>Beginning and end of an attachment, whoever asks, on a volume that is held.</summary>
internal static class AttachmentSteps
{
    /// <summary>The volume is this attachment's; unless it is multi-attach it is nobody else's.</summary>
    /// <exception cref="Fault">BadRequest when its status does not allow it.</exception>
    public static async ValueTask<Attachment> ReserveAsync(this Tx tx, Volume volume, Attachment attachment)
    {
        CheckReservable(volume, await tx.ListAttachmentsAsync(volume.Id));
        var added = attachment with { VolumeId = volume.Id, ProjectId = volume.ProjectId };
        await tx.AddAttachmentAsync(added);
        await tx.FollowAsync(volume);
        return added with { CreatedAt = tx.Now };
    }

    /// <summary>It is on its way out; asked again it is so already.</summary>
    /// <exception cref="Fault">BadRequest when it is not attached, or something is done to the volume.</exception>
    public static async ValueTask BeginDetachAsync(this Tx tx, Volume volume, Attachment attachment)
    {
        if (
            attachment.Status is not (AttachStatus.Attached or AttachStatus.Detaching)
            || volume.Status is VolumeStatus.Extending or VolumeStatus.Deleting or VolumeStatus.Available
        )
            throw VolumeOperations.Wrong(
                "Unable to detach volume. Volume status must be 'in-use' and attach_status must be 'attached' to detach. "
                    + $"They are '{volume.Status}' and '{attachment.Status}'."
            );
        await tx.SaveAttachmentAsync(attachment with { Status = AttachStatus.Detaching });
        await tx.FollowAsync(volume);
    }

    /// <summary>One that is still being made may be held for whoever waits for it.</summary>
    private static void CheckReservable(Volume volume, IReadOnlyList<Attachment> others)
    {
        var fits =
            others.Count == 0
                ? volume.Status == VolumeStatus.Available || VolumeStatus.IsBeingMade(volume.Status)
                : volume.Multiattach && volume.Status is VolumeStatus.Available or VolumeStatus.InUse;
        if (!fits)
            throw VolumeOperations.Wrong(
                $"Volume {volume.Id} status must be available or {(volume.Multiattach ? "in-use or " : "")}downloading "
                    + $"to reserve, but the current status is {volume.Status}."
            );
    }
}
