using Pipeline.Contracts.Network;
using Pipeline.Durable;
using Pipeline.Network.Activities;

namespace Pipeline.Network.Orchestrations;

/// <summary>Takes a deleted port off its host, then gives its addresses and MAC back.</summary>
internal sealed record RemovePort(PortId Port, HostId Host, ServerId Server, NetworkId Network) : IOrchestration<Done>
{
    public string? Resource => $"port/{Port}";
}

[ForwardOnly("a delete has no way back: each step takes something away, and is repeated until it has")]
internal sealed class RemovePortOrchestrator : TaskOrchestrator<RemovePort, Done>
{
    /// <summary>How often a silent host is looked up: one that was removed from the cloud holds nothing any more.</summary>
    internal static readonly TimeSpan Recheck = TimeSpan.FromHours(1);

    /// <summary>A delete has no way back: it is done when the host has confirmed, or is gone.</summary>
    public override TimeSpan Deadline => TimeSpan.FromDays(3650);

    public override async Task<Done> RunAsync(TaskOrchestrationContext context, RemovePort order)
    {
        var unplug = context.CallActivityAsync(
            new UnplugPorts(order.Host, order.Server, [order.Port], [order.Network]),
            TaskOptions.UntilDone
        );
        while (!unplug.IsCompleted && await IsJoinedAsync(context, order.Host))
        {
            using var answered = new CancellationTokenSource();
            await Task.WhenAny(unplug, context.CreateTimer(Recheck, answered.Token));
            answered.Cancel();
        }
        return await context.CallActivityAsync(new FreePort(order.Port), TaskOptions.UntilDone);
    }

    private static async Task<bool> IsJoinedAsync(TaskOrchestrationContext context, HostId host) =>
        (await context.CallActivityAsync(new FindPortHost(host), TaskOptions.UntilDone)).Joined;
}
