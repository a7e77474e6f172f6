using Pipeline.BlockStorage.Attachments;
using Pipeline.BlockStorage.Messages;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Contracts.Image;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Activities;

/// <summary>The image stands; the volume is what it was.</summary>
internal sealed record MarkVolumeUploaded(VolumeId VolumeId) : IActivity<Done>;

internal sealed class MarkVolumeUploadedHandler : ITransactionalActivity<MarkVolumeUploaded, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, MarkVolumeUploaded step)
    {
        await tx.EndUploadAsync(step.VolumeId);
        return Done.Instance;
    }
}

/// <summary>There is no image, and the volume is what it was.</summary>
internal sealed record MarkUploadFailed(VolumeId VolumeId, ImageId Image, string RequestId, FaultDetails Fault)
    : IActivity<Done>;

internal sealed class MarkUploadFailedHandler(IImages images) : ITransactionalActivity<MarkUploadFailed, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, MarkUploadFailed step)
    {
        await images.WithdrawAsync(tx, step.Image, step.RequestId);
        await tx.EndUploadAsync(step.VolumeId);
        if (await tx.FindVolumeAsync(step.VolumeId) is { } volume)
            await tx.TellAsync(MessageEvent.Upload, volume, step.Fault);
        return Done.Instance;
    }
}

internal static class UploadEnd
{
    /// <summary>A volume that is being deleted goes on being deleted.</summary>
    public static async ValueTask EndUploadAsync(this Tx tx, VolumeId id)
    {
        if (await tx.LockVolumeAsync(id) is { Status: VolumeStatus.Uploading } volume)
            await tx.SaveVolumeAsync(volume with { Status = await tx.ShownAsync(volume), PreviousStatus = null });
    }
}
