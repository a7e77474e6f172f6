using Pipeline.Contracts.BlockStorage;
using Pipeline.Contracts.Compute;
using Pipeline.Contracts.Hosts;
using Pipeline.Contracts.Network;
using Pipeline.Durable;
using Pipeline.Placement.Activities;

namespace Pipeline.Placement.Orchestrations;

/// <summary>Removes from a host what one owner has left there, under the owner's lock and so above every epoch it ever had.</summary>
internal sealed record ReclaimHoldings(HostId Host, string Owner, IReadOnlyList<Holding> Items) : IOrchestration<Done>
{
    public string? Resource => Owner;
}

[ForwardOnly("it only takes away; what it leaves is found by the next sweep")]
internal sealed class ReclaimHoldingsOrchestrator : TaskOrchestrator<ReclaimHoldings, Done>
{
    /// <summary>What is not done by then is found again by the next sweep.</summary>
    public override TimeSpan Deadline => TimeSpan.FromMinutes(10);

    public override async Task<Done> RunAsync(TaskOrchestrationContext context, ReclaimHoldings order)
    {
        foreach (var item in order.Items.OrderBy(i => i.Kind)) // a guest before its disk
            await context.CallActivityAsync(StepOf(order.Host, item));
        return await context.CallActivityAsync(new ForgetQuarantined(order.Host, order.Items));
    }

    /// <summary>A network goes only if no port is left on it: its host looks in the same turn.</summary>
    private static IActivity<Done> StepOf(HostId host, Holding item) =>
        item.Kind switch
        {
            HoldingKind.Guest => new DestroyGuest(host, new(item.Id)),
            HoldingKind.Disk => new DeleteDisks(host, new(item.Id)),
            HoldingKind.Router => new RemoveRouter(host, new(item.Id), [], []),
            HoldingKind.Export => new CloseExport(host, new(item.Parent ?? default), new(item.Id)),
            HoldingKind.Snapshot => new DropSnapshot(host, new(item.Parent ?? default), new(item.Id)),
            HoldingKind.Volume => new RemoveVolume(host, new(item.Id), []),
            HoldingKind.Port => new UnplugPorts(host, default, [new(item.Id)], Networks(item.Parent)),
            _ => new UnplugPorts(host, default, [], Networks(item.Id)),
        };

    private static IReadOnlyList<NetworkId> Networks(Guid? id) => id is { } known ? [new(known)] : [];
}
