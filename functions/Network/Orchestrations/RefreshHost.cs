using Pipeline.Contracts.Network;
using Pipeline.Durable;
using Pipeline.Network.Activities;

namespace Pipeline.Network.Orchestrations;

/// <summary>Converges a host on what has changed for its ports, until nothing is left to tell.</summary>
internal sealed record RefreshHost(HostId Host) : IOrchestration<Done>
{
    public string? Resource => $"ports/{Host}";
}

internal sealed class RefreshHostOrchestrator : SagaOrchestrator<RefreshHost>
{
    /// <summary>After so many orders a fresh run takes over, so that no history grows without end.</summary>
    internal const int Rounds = 20;

    /// <summary>A host that is silent for longer is tried again by the sweep, with what is true by then.</summary>
    public override TimeSpan Deadline => TimeSpan.FromMinutes(10);

    protected override async Task RunAsync(Saga saga, RefreshHost order)
    {
        var me = saga.Context.InstanceId;
        var stale = await saga.DoAsync(new ReadStalePorts(order.Host), undo: new YieldRefresh(order.Host, me));
        for (var round = 1; stale.Wanted; round++)
        {
            if (stale.Ports.Count > 0)
                await saga.DoAsync(
                    new RefreshPorts(order.Host, stale.Networks, stale.Ports),
                    Undo.NotNeeded("a host is converged on the newest state by the next order")
                );
            stale = await saga.DoAsync(
                new AcknowledgeRefresh(order.Host, me, stale.Version, HandOver: round == Rounds),
                Undo.NotNeeded("it only records what the host has confirmed")
            );
        }
    }
}
