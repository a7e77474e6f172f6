using Pipeline.Contracts.Image;
using Pipeline.Durable;
using Pipeline.Image.Activities;

namespace Pipeline.Image.Orchestrations;

internal sealed record DeleteImage(ImageId Id) : IOrchestration<Done>
{
    public string? Resource => Image.ResourceOf(Id);
}

/// <summary>
/// Runs once the image is a tombstone, so its file goes after the commit that hides it. Hosts drop their copies when no
/// disk stands on them; the id is free again when the last one has confirmed.
/// </summary>
[ForwardOnly("a delete has no way back: each step takes something away, and is repeated until it has")]
internal sealed class DeleteImageOrchestrator : TaskOrchestrator<DeleteImage, Done>
{
    /// <summary>A delete has no way back: it is done when every host has confirmed.</summary>
    public override TimeSpan Deadline => TimeSpan.FromDays(3650);

    public override async Task<Done> RunAsync(TaskOrchestrationContext context, DeleteImage order)
    {
        await context.CallActivityAsync(new RemoveImageFile(order.Id), TaskOptions.UntilDone);
        var holders = await context.CallActivityAsync(new FindImageHosts(order.Id), TaskOptions.UntilDone);
        var evictions = new List<Task<Done>>();
        foreach (var host in holders.Hosts)
            evictions.Add(context.CallActivityAsync(new EvictImage(host, order.Id), TaskOptions.UntilDone));
        foreach (var eviction in evictions)
            await eviction;
        await context.CallActivityAsync(new RemoveImage(order.Id), TaskOptions.UntilDone);
        return Done.Instance;
    }
}
