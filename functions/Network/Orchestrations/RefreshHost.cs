using Pipeline.Contracts.Network;
using Pipeline.Durable;
using Pipeline.Network.Activities;

namespace Pipeline.Network.Orchestrations;

/// <summary>Converges a host on what has changed for its ports since it last confirmed.</summary>
internal sealed record RefreshHost(HostId Host) : IOrchestration<Done>
{
    public string? Resource => $"ports/{Host}";
}

internal sealed class RefreshHostOrchestrator : SagaOrchestrator<RefreshHost>
{
    /// <summary>A host that is silent for longer is told again by the sweep, and then what is true by then.</summary>
    public override TimeSpan Deadline => TimeSpan.FromMinutes(10);

    protected override async Task RunAsync(Saga saga, RefreshHost order)
    {
        var forward = Undo.NotNeeded("the next order converges the host on the newest state");
        var stale = await saga.DoAsync(new ReadStalePorts(order.Host), forward);
        var told = new RefreshPorts(order.Host, stale.Networks, stale.Ports)
        {
            Names = stale.Names,
            Added = stale.Added,
        };
        if (told is not { Ports: [], Names: null, Added: null })
            await saga.DoAsync(told, forward);
        var confirmed = new AcknowledgeRefresh(order.Host, stale.Version)
        {
            Added = stale.Added is { } added ? [.. added.Ports.Select(p => p.Id)] : null,
        };
        await saga.DoAsync(confirmed, forward);
    }
}
