using Pipeline.Contracts.Network;
using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Network.Hosts;
using Pipeline.Network.Ports;
using Pipeline.Network.Trunks;

namespace Pipeline.Network.Activities;

/// <summary>
/// The host has a server's ports. What changed for them since they were bound is told now, what came to its trunks is made
/// now, and what was deleted since, or taken out of a trunk, is taken off now.
/// </summary>
internal sealed class MarkPortsActiveHandler(HostRefreshes refreshes, PortRemovals removals, Subports subports)
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
            if (port.IsLeaving)
                await tx.LetGoAsync(port.Id);
            if (port.DeletedAt is not null || port.IsLeaving)
                await removals.StartAsync(tx, port, $"plugged-{step.ServerId}");
        }
        var stays = plugged.Where(p => p.DeletedAt is null && !p.IsLeaving).ToList();
        // What is made for a server is bound from the first, and has no trunk.
        await subports.PlugAsync(tx, [.. stays.Where(p => !p.MadeForServer).Select(p => p.Id)]);
        var changed = stays.Where(p => p.StaleVersion > 0);
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
