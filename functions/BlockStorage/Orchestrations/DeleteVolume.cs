using Pipeline.BlockStorage.Activities;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Orchestrations;

internal sealed record DeleteVolume(VolumeId Id) : IOrchestration<Done>
{
    public string? Resource => Volume.ResourceOf(Id);
}

/// <summary>
/// What the volume has on its backend goes first, its snapshots with it, then what is counted for it. It begins when the operation it
/// superseded has been undone.
/// </summary>
[ForwardOnly("a delete has no way back: each step takes something away, and is repeated until it has")]
internal sealed class DeleteVolumeOrchestrator : TaskOrchestrator<DeleteVolume, Done>
{
    /// <summary>A delete has no way back, so it has no deadline to speak of: it is done when its host has confirmed.</summary>
    public override TimeSpan Deadline => TimeSpan.FromDays(3650);

    public override async Task<Done> RunAsync(TaskOrchestrationContext context, DeleteVolume order)
    {
        var found = await context.CallActivityAsync(new FindVolumeHoldings(order.Id), TaskOptions.UntilDone);
        if (found.Host is { } host)
            await context.CallActivityAsync(
                new RemoveVolume(host, found.Name ?? order.Id, found.Snapshots),
                TaskOptions.UntilDone
            );
        if (found is { OtherHost: { } other, OtherName: { } name })
            await context.CallActivityAsync(new RemoveVolume(other, name, []), TaskOptions.UntilDone);
        return await context.CallActivityAsync(new ForgetVolume(order.Id), TaskOptions.UntilDone);
    }
}
