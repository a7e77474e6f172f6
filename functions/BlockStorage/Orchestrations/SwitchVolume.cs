using Pipeline.BlockStorage.Activities;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Orchestrations;

/// <param name="Name">Of the copy that is to take the volume's place.</param>
internal sealed record SwitchVolume(VolumeId Id, VolumeId Name) : IOrchestration<Done>
{
    public string? Resource => Volume.ResourceOf(Id);
}

/// <summary>
/// The copy becomes the volume in one transaction, then what the volume was is removed. It begins when the copying has ended, in whatever
/// way: where that was undone there is nothing to do. A delete that comes between finds both in the volume's row.
/// </summary>
[ForwardOnly("from the switch on the old blocks are of no use to anybody: each step takes something away")]
internal sealed class SwitchVolumeOrchestrator : TaskOrchestrator<SwitchVolume, Done>
{
    /// <summary>It is done when the host of what is left over has confirmed.</summary>
    public override TimeSpan Deadline => TimeSpan.FromDays(3650);

    public override async Task<Done> RunAsync(TaskOrchestrationContext context, SwitchVolume order)
    {
        var left = await context.CallActivityAsync(new SwitchOver(order.Id, order.Name), TaskOptions.UntilDone);
        if (left is not { Host: { } host, Name: { } name })
            return Done.Instance;
        await context.CallActivityAsync(new RemoveVolume(host, name, []), TaskOptions.UntilDone);
        return await context.CallActivityAsync(new ForgetCopy(order.Id, name), TaskOptions.UntilDone);
    }
}
