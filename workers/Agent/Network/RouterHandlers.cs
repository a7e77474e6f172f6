using Pipeline.Agent.Metadata;
using Pipeline.Agent.Steps;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Network;

namespace Pipeline.Agent.Network;

/// <summary>A router's networks and ports come before it, and what it has no more goes after.</summary>
internal sealed class EnsureRouterHandler(
    NetworkTurn turn,
    INetworkDriver network,
    IRouterDriver routers,
    IGuestDocuments documents
) : IStepHandler<EnsureRouter, Done>
{
    public Task<Done> RunAsync(EnsureRouter step, StepContext context, CancellationToken ct) =>
        turn.RunAsync(() => EnsureAsync(step, ct), ct);

    private async Task<Done> EnsureAsync(EnsureRouter step, CancellationToken ct)
    {
        foreach (var wanted in step.Networks)
            await network.ComeAsync(documents, wanted, ct);
        var devices = new Dictionary<PortId, string?>();
        foreach (var port in step.Ports)
            devices[port.Id] = await network.EnsurePortAsync(port, ct);
        await routers.EnsureRouterAsync(step.Router, devices, ct);
        await network.LeaveAsync(documents, step.Gone, step.Left, ct);
        return Done.Instance;
    }
}

internal sealed class RemoveRouterHandler(
    NetworkTurn turn,
    INetworkDriver network,
    IRouterDriver routers,
    IGuestDocuments documents
) : IStepHandler<RemoveRouter, Done>
{
    public Task<Done> RunAsync(RemoveRouter step, StepContext context, CancellationToken ct) =>
        turn.RunAsync(() => RemoveAsync(step, ct), ct);

    private async Task<Done> RemoveAsync(RemoveRouter step, CancellationToken ct)
    {
        await routers.RemoveRouterAsync(step.Router, ct);
        await network.LeaveAsync(documents, step.Ports, step.Networks, ct);
        return Done.Instance;
    }
}
