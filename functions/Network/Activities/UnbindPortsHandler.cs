using Pipeline.Contracts.Network;
using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Network.Hosts;
using Pipeline.Network.Networks;
using Pipeline.Network.Ports;

namespace Pipeline.Network.Activities;

/// <summary>
/// Frees a server's ports; its host has unplugged them before, or never had them. Content with finding nothing. A port
/// that was deleted while the server ran is left to its own removal.
/// </summary>
internal sealed class UnbindPortsHandler(PortBook ports, PortPlaces places, HostRefreshes refreshes)
    : ITransactionalActivity<UnbindPorts, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, UnbindPorts step)
    {
        var held = await tx.ListServerPortsAsync(step.ServerId);
        foreach (var network in held.Select(p => p.NetworkId).Distinct().OrderBy(n => n.Value))
            await tx.LockNetworkAsync(network);
        foreach (var port in held)
            if (port.DeletedAt is null)
                await ReleaseAsync(tx, port);
            else if (port.Status == PortRow.Build)
                await PortBook.FreeAsync(tx, port);
        await places.LeftAsync(tx, held);
        var kept = held.Where(p => p.DeletedAt is null && !p.MadeForServer);
        foreach (var network in kept.GroupBy(p => p.NetworkId, p => p.Id).OrderBy(n => n.Key.Value))
            await refreshes.NamesChangedAsync(tx, network.Key, [.. network]);
        return Done.Instance;
    }

    private async ValueTask ReleaseAsync(Tx tx, PortRow port)
    {
        if (port.MadeForServer)
            await ports.DropAsync(tx, port);
        else if (port is not { IsLeaving: true, Status: PortRow.Down }) // its own removal is under way
            await tx.UnbindAsync(port.Id);
    }
}
