using Pipeline.Compute.Activities;
using Pipeline.Compute.Volumes;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Contracts.Compute;
using Pipeline.Contracts.Drivers;
using Pipeline.Durable;

namespace Pipeline.Compute.Orchestrations;

/// <param name="Id">Of the attachment whose place is taken.</param>
/// <param name="Next">The disk that takes it.</param>
/// <param name="Host">Of the guest.</param>
/// <param name="Connection">The way to the old volume, as it is when its guest has ended before.</param>
internal sealed record TakePlace(
    AttachmentId Id,
    ServerId ServerId,
    HostId Host,
    VolumeOfGuest Next,
    VolumeConnection Connection,
    string RequestId
) : IOrchestration<Done>
{
    public string? Resource => ServerVolume.ResourceOf(Id);
}

/// <summary>
/// Both volumes are alike: the guest goes over to the new one, then the records do, and the old one is released. It begins when the
/// copying has ended, in whatever way: where that was undone there is nothing to do.
/// </summary>
[ForwardOnly("what the guest writes from the pivot on only the new volume has: each step is repeated until it is done")]
internal sealed class TakePlaceOrchestrator : TaskOrchestrator<TakePlace, Done>
{
    /// <summary>It is done when the guest's host has answered; the end of the server ends it, too.</summary>
    public override TimeSpan Deadline => TimeSpan.FromDays(3650);

    public override async Task<Done> RunAsync(TaskOrchestrationContext context, TakePlace order)
    {
        var (old, next, device) = (order.Id, order.Next.AttachmentId, order.Next.Device!);
        var successor = await context.CallActivityAsync(new FindSuccessor(next, old), TaskOptions.UntilDone);
        if (!successor.Waits)
            return Done.Instance;
        var pivoted = await context.CallActivityAsync(
            new PivotVolume(order.Host, order.ServerId, old, order.Next),
            TaskOptions.UntilDone
        );
        if (pivoted.IsOver)
        {
            await context.CallActivityAsync(
                new MarkAttached(next, device, order.Next.Connection),
                TaskOptions.UntilDone
            );
            return await context.CallActivityAsync(new SwitchPlaces(old, next, order.RequestId), TaskOptions.UntilDone);
        }
        await context.CallActivityAsync(new MarkAttached(old, device, order.Connection), TaskOptions.UntilDone);
        return await context.CallActivityAsync(
            new LeavePlace(next, order.ServerId, order.RequestId),
            TaskOptions.UntilDone
        );
    }
}
