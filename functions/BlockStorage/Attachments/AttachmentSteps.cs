using Pipeline.BlockStorage.Volumes;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Attachments;

/// <summary>Beginning and end of an attachment, whoever asks, on a volume that is held.</summary>
internal static class AttachmentSteps
{
    /// <summary>The volume is this attachment's; unless it is multi-attach it is nobody else's.</summary>
    /// <param name="whileMade">Who asks waits until the volume is there.</param>
    /// <exception cref="Fault">BadRequest when its status does not allow it.</exception>
    public static async ValueTask<Attachment> ReserveAsync(
        this Tx tx,
        Volume volume,
        Attachment attachment,
        bool whileMade = false
    )
    {
        CheckReservable(volume, await tx.ListAttachmentsAsync(volume.Id), whileMade);
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

    /// <summary>The attachment that is named, or the only one that there is.</summary>
    /// <exception cref="Fault">NotFound; BadRequest when there is none, or several and none is named.</exception>
    public static async ValueTask<Attachment> OneAsync(this Tx tx, Volume volume, string? named)
    {
        var all = await tx.ListAttachmentsAsync(volume.Id);
        if (named is not null)
            return all.FirstOrDefault(a => $"{a.Id}" == named)
                ?? throw Fault.NotFound($"Volume attachment {named} could not be found.");
        return all switch
        {
            [var only] => only,
            [] => throw VolumeOperations.Wrong($"Volume {volume.Id} is not attached."),
            _ => throw VolumeOperations.Wrong(
                "Detach volume failed: More than one attachment, but no attachment_id provided."
            ),
        };
    }

    /// <summary>The same, which is not compute's.</summary>
    /// <exception cref="Fault">Conflict for a server's.</exception>
    public static async ValueTask<Attachment> OwnAsync(this Tx tx, Volume volume, string? named)
    {
        var one = await tx.OneAsync(volume, named);
        AttachmentOperations.CheckOwn(one);
        return one;
    }

    /// <summary>What a client holds and has not attached yet; null for none.</summary>
    public static async ValueTask<Attachment?> HeldAsync(this Tx tx, Volume volume) =>
        (await tx.ListAttachmentsAsync(volume.Id)).FirstOrDefault(a =>
            a is { Claimed: false, Status: AttachStatus.Reserved or AttachStatus.Attaching }
        );

    private static void CheckReservable(Volume volume, IReadOnlyList<Attachment> others, bool whileMade)
    {
        var fits =
            others.Count == 0
                ? volume.Status == VolumeStatus.Available || (whileMade && VolumeStatus.IsBeingMade(volume.Status))
                : volume.Multiattach && volume.Status is VolumeStatus.Available or VolumeStatus.InUse;
        if (!fits || volume.IsMoving)
            throw VolumeOperations.Wrong(
                $"Volume {volume.Id} status must be available or {(volume.Multiattach ? "in-use or " : "")}downloading "
                    + $"to reserve, but the current status is {volume.Status}."
            );
    }
}
