using Pipeline.Contracts.Network;
using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Network.Hosts;
using Pipeline.Network.Ports;

namespace Pipeline.Network.Activities;

/// <summary>
/// The host has a server's ports. What changed for them since they were bound is told now, and what was deleted since
/// is taken off now.
/// </summary>
internal sealed class MarkPortsActiveHandler(HostRefreshes refreshes, PortRemovals removals)
    : ITransactionalActivity<MarkPortsActive, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, MarkPortsActive step)
    {
        var plugged = (await tx.ListServerPortsAsync(step.ServerId)).Where(p => p.Status == PortRow.Build).ToList();
        foreach (var host in plugged.GroupBy(p => p.HostId!.Value, p => p.NetworkId))
            await refreshes.NamesWantedAsync(tx, host.Key, host);
        foreach (var port in plugged)
        {
            await tx.ActivateAsync(port.Id);
            if (port.DeletedAt is not null)
                await removals.StartAsync(tx, port, "plugged");
        }
        var changed = plugged.Where(p => p.DeletedAt is null && p.StaleVersion > 0);
        await refreshes.MarkAsync(
            tx,
            [
                .. changed.Select(p => new BoundPort
                {
                    Id = p.Id,
                    HostId = p.HostId!.Value,
                    Status = PortRow.Active,
                }),
            ]
        );
        return Done.Instance;
    }
}
