using Pipeline.Contracts.Compute;
using Pipeline.Contracts.Hosts;
using Pipeline.Durable;
using Pipeline.Placement.Activities;

namespace Pipeline.Placement.Orchestrations;

internal sealed record SweepHost(HostId Host) : IOrchestration<Done>
{
    public string? Resource => $"sweep/{Host}";
}

/// <summary>
/// Asks a host what it holds and compares. The time of asking is the control plane's own: whatever was operated on since
/// then is left for the next sweep, so nothing that is under way is ever mistaken.
/// </summary>
[ForwardOnly("it compares; what it writes down is true whether or not the sweep goes on")]
internal sealed class SweepHostOrchestrator : TaskOrchestrator<SweepHost, Done>
{
    /// <summary>A host that does not answer is asked anew by the next sweep.</summary>
    public override TimeSpan Deadline => TimeSpan.FromMinutes(2);

    public override async Task<Done> RunAsync(TaskOrchestrationContext context, SweepHost order)
    {
        var asked = context.CurrentUtcDateTime;
        var held = await context.CallActivityAsync(new ListHoldings(order.Host));
        await context.CallActivityAsync(new CheckLineage(order.Host, held.Cloud, held.Milestones));
        var power = await context.CallActivityAsync(new SyncPowerStates(order.Host, asked, held.Guests));
        return await context.CallActivityAsync(
            new CompareHoldings(order.Host, asked, [.. held.Items()], power.Unsettled, context.InstanceId)
        );
    }
}
