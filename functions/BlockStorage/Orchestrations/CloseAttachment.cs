using Pipeline.BlockStorage.Activities;
using Pipeline.BlockStorage.Attachments;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Contracts.Compute;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Orchestrations;

/// <param name="Ends">The attachment ends with its way; else it may get another.</param>
/// <param name="Guest">A guest of this cloud that is to lose the disk; null for none.</param>
internal sealed record CloseAttachment(
    AttachmentId Id,
    VolumeId VolumeId,
    HostId Host,
    bool Ends,
    GuestDisk? Guest = null
) : IOrchestration<Done>
{
    public string? Resource => Attachment.ResourceOf(Id);
}

/// <param name="Host">Where the guest runs.</param>
internal sealed record GuestDisk(HostId Host, ServerId Server, AttachmentId Attachment);

/// <summary>
/// The way is closed where the volume lies, so that nothing reaches it any more; then the record ends. What the guest still has of the
/// disk is taken away afterwards, whenever its host can. Where both are one host, the guest has to let go of the file first.
/// </summary>
[ForwardOnly("what is closed stays closed: each step is repeated until it is done")]
internal sealed class CloseAttachmentOrchestrator : TaskOrchestrator<CloseAttachment, Done>
{
    /// <summary>It is done when both hosts have confirmed, or were removed.</summary>
    public override TimeSpan Deadline => TimeSpan.FromDays(3650);

    public override async Task<Done> RunAsync(TaskOrchestrationContext context, CloseAttachment order)
    {
        var local = order.Guest is { } guest && guest.Host == order.Host;
        if (local)
            await UnplugAsync(context, order.Guest!);
        await context.CallActivityAsync(new CloseExport(order.Host, order.VolumeId, order.Id), TaskOptions.UntilDone);
        await context.CallActivityAsync(
            order.Ends ? (IActivity<Done>)new EndAttachment(order.Id) : new Disconnect(order.Id),
            TaskOptions.UntilDone
        );
        if (order.Guest is { } remote && !local)
            await UnplugAsync(context, remote);
        return Done.Instance;
    }

    private static Task<Done> UnplugAsync(TaskOrchestrationContext context, GuestDisk disk) =>
        context.CallActivityAsync(new UnplugVolume(disk.Host, disk.Server, disk.Attachment), TaskOptions.UntilDone);
}
