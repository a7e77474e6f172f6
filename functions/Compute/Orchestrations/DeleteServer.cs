using Pipeline.Compute.Activities;
using Pipeline.Contracts.Compute;
using Pipeline.Contracts.Network;
using Pipeline.Durable;

namespace Pipeline.Compute.Orchestrations;

internal sealed record DeleteServer(ServerId Id) : IOrchestration<Done>
{
    public string? Resource => Servers.Server.ResourceOf(Id);
}

/// <summary>
/// One tolerant path from any state: what the server has on its host goes first, then what is counted for it. It begins
/// when the operation it superseded has been undone, and only goes forward: a host that is away is waited for.
/// </summary>
[ForwardOnly("a delete has no way back: each step takes something away, and is repeated until it has")]
internal sealed class DeleteServerOrchestrator : TaskOrchestrator<DeleteServer, Done>
{
    /// <summary>A delete has no way back, so it has no deadline to speak of: it is done when its host has confirmed.</summary>
    public override TimeSpan Deadline => TimeSpan.FromDays(3650);

    public override async Task<Done> RunAsync(TaskOrchestrationContext context, DeleteServer order)
    {
        var id = order.Id;
        var holdings = await context.CallActivityAsync(new FindHoldings(id), TaskOptions.UntilDone);
        if (holdings.Host is { } host)
        {
            await context.CallActivityAsync(new DestroyGuest(host, id), TaskOptions.UntilDone);
            await context.CallActivityAsync(
                new UnplugPorts(host, id, holdings.Ports, holdings.Networks),
                TaskOptions.UntilDone
            );
            await context.CallActivityAsync(new DeleteDisks(host, id), TaskOptions.UntilDone);
        }
        if (holdings.HasVolumes is true)
        {
            await context.CallActivityAsync(new BeginReleases(id), TaskOptions.UntilDone);
            await context.CallActivityAsync(new AwaitReleases(id), TaskOptions.UntilDone);
        }
        await context.CallActivityAsync(new UnbindPorts(id), TaskOptions.UntilDone);
        await context.CallActivityAsync(new ReleaseHost(id), TaskOptions.UntilDone);
        await context.CallActivityAsync(new RemoveServer(id), TaskOptions.UntilDone);
        return Done.Instance;
    }
}
