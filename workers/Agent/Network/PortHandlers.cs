using Pipeline.Agent.Metadata;
using Pipeline.Agent.Steps;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Network;

namespace Pipeline.Agent.Network;

/// <summary>One change of the host's networks at a time: a network must not go while a port for it is on its way.</summary>
internal sealed class NetworkTurn
{
    private readonly Lock gate = new();
    private readonly Queue<TaskCompletionSource> waiting = [];
    private bool taken;

    public async Task<T> RunAsync<T>(Func<Task<T>> change, CancellationToken ct)
    {
        if (WaitFor() is { } turn)
            await using (ct.Register(() => turn.TrySetCanceled(ct)))
                await turn.Task;
        try
        {
            return await change();
        }
        finally
        {
            PassOn();
        }
    }

    /// <returns>What completes when it is this one's turn; null where it is already.</returns>
    private TaskCompletionSource? WaitFor()
    {
        lock (gate)
        {
            if (!taken)
            {
                taken = true;
                return null;
            }
            var turn = new TaskCompletionSource();
            waiting.Enqueue(turn);
            return turn;
        }
    }

    /// <summary>To the first that still waits.</summary>
    private void PassOn()
    {
        while (true)
        {
            TaskCompletionSource? next;
            lock (gate)
                taken = waiting.TryDequeue(out next);
            if (next is null || next.TrySetResult())
                return;
        }
    }
}

internal sealed class PlugPortsHandler(NetworkTurn turn, INetworkDriver network, IGuestDocuments documents)
    : IStepHandler<PlugPorts, PluggedPorts>
{
    public Task<PluggedPorts> RunAsync(PlugPorts step, StepContext context, CancellationToken ct) =>
        turn.RunAsync(() => PlugAsync(step, ct), ct);

    private async Task<PluggedPorts> PlugAsync(PlugPorts step, CancellationToken ct)
    {
        foreach (var wanted in step.Networks)
            await network.ComeAsync(documents, wanted, ct);
        var plugged = new List<PluggedPort>();
        foreach (var port in step.Ports)
            plugged.Add(new(port.Id, await network.EnsurePortAsync(port, ct)));
        return new(plugged);
    }
}

/// <summary>Removes ports, and each of their networks that is left without one.</summary>
internal sealed class UnplugPortsHandler(NetworkTurn turn, INetworkDriver network, IGuestDocuments documents)
    : IStepHandler<UnplugPorts, Done>
{
    public Task<Done> RunAsync(UnplugPorts step, StepContext context, CancellationToken ct) =>
        turn.RunAsync(() => UnplugAsync(step, ct), ct);

    private async Task<Done> UnplugAsync(UnplugPorts step, CancellationToken ct)
    {
        await network.LeaveAsync(documents, step.Ports, step.Networks, ct);
        return Done.Instance;
    }
}

internal static class Coming
{
    /// <summary>Makes a network, and the metadata service where its guests ask for it.</summary>
    public static async Task ComeAsync(
        this INetworkDriver network,
        IGuestDocuments documents,
        HostNetwork wanted,
        CancellationToken ct
    )
    {
        if (await network.EnsureNetworkAsync(wanted, ct) is { } listensIn)
            await documents.EnsureNetworkAsync(wanted.Id, listensIn, ct);
    }
}

internal static class Leaving
{
    /// <summary>Removes ports, and each of the networks that has no port left here.</summary>
    public static async Task LeaveAsync(
        this INetworkDriver network,
        IGuestDocuments documents,
        IEnumerable<PortId> ports,
        IEnumerable<NetworkId> networks,
        CancellationToken ct
    )
    {
        foreach (var port in ports)
            await network.RemovePortAsync(port, ct);
        var held = await network.ListAsync(ct);
        foreach (var empty in networks.Where(n => held.Ports.All(p => p.Network != n)))
        {
            await documents.RemoveNetworkAsync(empty, ct);
            await network.RemoveNetworkAsync(empty, ct);
        }
    }
}

/// <summary>
/// Converges what is there; a port or network that is gone meanwhile is left gone, and what was added is made. What fails keeps nothing else from being
/// told, for the ports are of many tenants.
/// </summary>
internal sealed class RefreshPortsHandler(NetworkTurn turn, INetworkDriver network, IGuestDocuments documents)
    : IStepHandler<RefreshPorts, Done>
{
    public Task<Done> RunAsync(RefreshPorts step, StepContext context, CancellationToken ct) =>
        turn.RunAsync(() => RefreshAsync(step, ct), ct);

    private async Task<Done> RefreshAsync(RefreshPorts step, CancellationToken ct)
    {
        var held = await network.ListAsync(ct);
        var there = held.Ports.Select(p => p.Id).ToHashSet();
        List<Fault> faults = [];
        foreach (var wanted in step.Networks.Where(n => held.Networks.Contains(n.Id)))
            await TryAsync(faults, () => network.EnsureNetworkAsync(wanted, ct));
        foreach (var port in step.Ports.Where(p => there.Contains(p.Id)))
            await TryAsync(faults, () => network.EnsurePortAsync(port, ct));
        foreach (var wanted in step.Added?.Networks ?? [])
            await TryAsync(faults, () => network.ComeAsync(documents, wanted, ct));
        foreach (var port in step.Added?.Ports ?? [])
            await TryAsync(faults, () => network.EnsurePortAsync(port, ct));
        foreach (var names in step.Names ?? [])
            await TryAsync(faults, () => network.EnsureNamesAsync(names, ct));
        return faults.Count == 0 ? Done.Instance : throw faults[0];
    }

    private static async Task TryAsync(List<Fault> faults, Func<Task> change)
    {
        try
        {
            await change();
        }
        catch (Fault fault)
        {
            faults.Add(fault);
        }
    }
}
