using Pipeline.Agent.Steps;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Hosts;

namespace Pipeline.Agent.Ledger;

/// <summary>What the drivers list, whatever is under way beside it: the control plane knows what that may be.</summary>
internal sealed class ListHoldingsHandler(HostDrivers drivers, Journal journal)
    : IStepHandler<ListHoldings, HostHoldings>
{
    public async Task<HostHoldings> RunAsync(ListHoldings step, StepContext context, CancellationToken ct)
    {
        var guests = new List<GuestStatus>();
        await foreach (var guest in drivers.Hypervisor.ListGuestsAsync(ct))
            guests.Add(guest);
        var disks = new List<ServerId>();
        await foreach (var disk in drivers.Disks.ListDisksAsync(ct))
            disks.Add(disk.Id);
        var held = await drivers.Network.ListAsync(ct);
        return new(context.Cloud, guests, disks, held.Networks, held.Ports, journal.Milestones)
        {
            Routers = await drivers.Routers.ListRoutersAsync(ct),
            Volumes = await VolumesAsync(ct),
        };
    }

    /// <summary>Null where there are none.</summary>
    private async Task<IReadOnlyList<HeldVolume>?> VolumesAsync(CancellationToken ct)
    {
        var volumes = new List<HeldVolume>();
        foreach (var backend in drivers.Volumes.Values)
        await foreach (var volume in backend.ListVolumesAsync(ct))
            volumes.Add(new(volume.Id, volume.Snapshots) { Exports = volume.Exports is [] ? null : volume.Exports });
        return volumes.Count > 0 ? volumes : null;
    }
}
