using Pipeline.BlockStorage.Activities;
using Pipeline.BlockStorage.Snapshots;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Orchestrations;

internal sealed record DeleteSnapshot(SnapshotId Id) : IOrchestration<Done>
{
    public string? Resource => Snapshot.ResourceOf(Id);
}

[ForwardOnly("a delete has no way back: each step takes something away, and is repeated until it has")]
internal sealed class DeleteSnapshotOrchestrator : TaskOrchestrator<DeleteSnapshot, Done>
{
    /// <summary>It is done when its host has confirmed.</summary>
    public override TimeSpan Deadline => TimeSpan.FromDays(3650);

    public override async Task<Done> RunAsync(TaskOrchestrationContext context, DeleteSnapshot order)
    {
        var found = await context.CallActivityAsync(new FindSnapshotPlace(order.Id), TaskOptions.UntilDone);
        if (found is { Host: { } host, Volume: { } volume })
            await context.CallActivityAsync(new DropSnapshot(host, volume, order.Id), TaskOptions.UntilDone);
        return await context.CallActivityAsync(new ForgetSnapshot(order.Id), TaskOptions.UntilDone);
    }
}
