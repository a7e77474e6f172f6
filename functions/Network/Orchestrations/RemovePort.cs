using Pipeline.Contracts.Network;
using Pipeline.Durable;
using Pipeline.Network.Activities;

namespace Pipeline.Network.Orchestrations;

/// <summary>Takes a deleted port off its host, then gives its addresses and MAC back.</summary>
internal sealed record RemovePort(PortId Port, HostId Host, ServerId Server, NetworkId Network) : IOrchestration<Done>
{
    public string? Resource => $"port/{Port}";
}

internal sealed class RemovePortOrchestrator : SagaOrchestrator<RemovePort>
{
    /// <summary>A host that is silent for longer is asked again by the sweep.</summary>
    public override TimeSpan Deadline => TimeSpan.FromMinutes(30);

    protected override async Task RunAsync(Saga saga, RemovePort order)
    {
        var yield = new YieldRemoval(order.Port, saga.Context.InstanceId);
        var host = await saga.DoAsync(new FindPortHost(order.Host), undo: yield);
        if (host.Joined)
            await saga.DoAsync(
                new UnplugPorts(order.Host, order.Server, [order.Port], [order.Network]),
                Undo.NotNeeded("a removal only goes forward"),
                RetryPolicy.UntilDone
            );
        await saga.DoAsync(new FreePort(order.Port), Undo.NotNeeded("last step"));
    }
}
