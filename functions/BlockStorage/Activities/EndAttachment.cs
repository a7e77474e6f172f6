using Pipeline.BlockStorage.Attachments;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Activities;

internal sealed class AwaitVolumeHandler : ITransactionalActivity<AwaitVolume, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, AwaitVolume step)
    {
        var volume =
            await tx.FindVolumeAsync(step.VolumeId)
            ?? throw Fault.NotFound($"Volume {step.VolumeId} could not be found.");
        if (VolumeStatus.IsBeingMade(volume.Status))
            throw new Fault(FaultCode.Unavailable, $"Volume {volume.Id} is {volume.Status}.");
        return volume.Status is VolumeStatus.Error or VolumeStatus.Deleting
            ? throw new Fault(FaultCode.DriverFailed, volume.Fault ?? $"Volume {volume.Id} is {volume.Status}.")
            : Done.Instance;
    }
}

/// <summary>Also what a detach goes back to that could not be done. One that an operator has ended by force stays ended.</summary>
internal sealed class MarkAttachedHandler : ITransactionalActivity<MarkAttached, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, MarkAttached step)
    {
        if (await tx.LockAttachmentAsync(step.AttachmentId) is not ({ } attachment, { } volume))
            return Done.Instance;
        await tx.SaveAttachmentAsync(
            attachment with
            {
                Status = AttachStatus.Attached,
                Device = step.Device,
                Connection = Attachment.TextOf(step.Connection),
                AttachedAt = attachment.AttachedAt ?? tx.Now,
            }
        );
        await tx.FollowAsync(volume);
        return Done.Instance;
    }
}

internal sealed class EndAttachmentHandler : ITransactionalActivity<EndAttachment, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, EndAttachment step)
    {
        if (await tx.LockAttachmentAsync(step.AttachmentId) is not ({ } attachment, { } volume))
            return Done.Instance;
        await tx.DeleteAttachmentAsync(attachment);
        await tx.FollowAsync(volume);
        return Done.Instance;
    }
}
