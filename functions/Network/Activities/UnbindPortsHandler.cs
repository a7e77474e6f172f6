using Pipeline.Contracts.Network;
using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Network.Hosts;
using Pipeline.Network.Ports;

namespace Pipeline.Network.Activities;

/// <summary>
/// Frees a server's ports; its host has unplugged them before, or never had them. Content with finding nothing. A port
/// that was deleted while the server ran is left to its own removal.
/// </summary>
internal sealed class UnbindPortsHandler(PortBook ports, PortPlaces places) : ITransactionalActivity<UnbindPorts, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, UnbindPorts step)
    {
        var held = await tx.ListServerPortsAsync(step.ServerId);
        foreach (var port in held)
            if (port.DeletedAt is null)
                await ReleaseAsync(tx, port);
            else if (port.Status == PortRow.Build)
                await PortBook.FreeAsync(tx, port);
        await places.LeftAsync(tx, held);
        return Done.Instance;
    }

    private async ValueTask ReleaseAsync(Tx tx, PortRow port)
    {
        if (port.MadeForServer)
            await ports.DropAsync(tx, port);
        else
            await tx.UnbindAsync(port.Id);
    }
}
