using Pipeline.Agent.Metadata;
using Pipeline.Agent.Steps;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Network;

namespace Pipeline.Agent.Network;

internal sealed class PlugPortsHandler(INetworkDriver network, IGuestDocuments documents)
    : IStepHandler<PlugPorts, PluggedPorts>
{
    public async Task<PluggedPorts> RunAsync(PlugPorts step, StepContext context, CancellationToken ct)
    {
        foreach (var wanted in step.Networks)
            if (await network.EnsureNetworkAsync(wanted, ct) is { } listensIn)
                await documents.EnsureNetworkAsync(wanted.Id, listensIn, ct);
        var plugged = new List<PluggedPort>();
        foreach (var port in step.Ports)
            plugged.Add(new(port.Id, await network.EnsurePortAsync(port, ct)));
        return new(plugged);
    }
}

/// <summary>Removes ports, and each of their networks that is left without one.</summary>
internal sealed class UnplugPortsHandler(INetworkDriver network, IGuestDocuments documents)
    : IStepHandler<UnplugPorts, Done>
{
    public async Task<Done> RunAsync(UnplugPorts step, StepContext context, CancellationToken ct)
    {
        foreach (var port in step.Ports)
            await network.RemovePortAsync(port, ct);
        var held = await network.ListAsync(ct);
        foreach (var empty in step.Networks.Where(n => held.Ports.All(p => p.Network != n)))
        {
            await documents.RemoveNetworkAsync(empty, ct);
            await network.RemoveNetworkAsync(empty, ct);
        }
        return Done.Instance;
    }
}

/// <summary>Converges what is there; a port or network that is gone meanwhile is left gone.</summary>
internal sealed class RefreshPortsHandler(INetworkDriver network) : IStepHandler<RefreshPorts, Done>
{
    public async Task<Done> RunAsync(RefreshPorts step, StepContext context, CancellationToken ct)
    {
        var held = await network.ListAsync(ct);
        foreach (var wanted in step.Networks.Where(n => held.Networks.Contains(n.Id)))
            await network.EnsureNetworkAsync(wanted, ct);
        var there = held.Ports.Select(p => p.Id).ToHashSet();
        foreach (var port in step.Ports.Where(p => there.Contains(p.Id)))
            await network.EnsurePortAsync(port, ct);
        return Done.Instance;
    }
}
