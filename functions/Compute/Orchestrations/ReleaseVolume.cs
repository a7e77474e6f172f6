using Pipeline.Compute.Activities;
using Pipeline.Compute.Volumes;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Durable;

namespace Pipeline.Compute.Orchestrations;

/// <param name="WithServer">The server goes, and with it the volumes that were to go with it.</param>
internal sealed record ReleaseVolume(AttachmentId Id, VolumeId VolumeId, string RequestId, bool WithServer)
    : IOrchestration<Done>
{
    public string? Resource => ServerVolume.ResourceOf(Id);
}

/// <summary>What is left of a volume that no guest has any more: the way to it, and the hold on it.</summary>
[ForwardOnly("the end of an attachment has no way back: each step takes something away, and is repeated until it has")]
internal sealed class ReleaseVolumeOrchestrator : TaskOrchestrator<ReleaseVolume, Done>
{
    /// <summary>It is done when the storage host has confirmed.</summary>
    public override TimeSpan Deadline => TimeSpan.FromDays(3650);

    public override async Task<Done> RunAsync(TaskOrchestrationContext context, ReleaseVolume order)
    {
        var place = await context.CallActivityAsync(new FindVolumePlace(order.Id), TaskOptions.UntilDone);
        if (place.StorageHost is { } host)
            await context.CallActivityAsync(
                new CloseExport(host, place.Name ?? order.VolumeId, order.Id),
                TaskOptions.UntilDone
            );
        await context.CallActivityAsync(new EndAttachment(order.Id), TaskOptions.UntilDone);
        return await context.CallActivityAsync(
            new ForgetServerVolume(order.Id, order.RequestId, order.WithServer),
            TaskOptions.UntilDone
        );
    }
}
