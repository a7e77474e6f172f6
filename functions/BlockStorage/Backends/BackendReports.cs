using Pipeline.BlockStorage.Hosts;
using Pipeline.BlockStorage.Zones;
using Pipeline.Contracts.Hosts;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Backends;

/// <summary>Keeps what hosts tell of their backends, and of how they reach those of others.</summary>
internal sealed class BackendReports : IHostReports
{
    public async ValueTask HeardAsync(Tx tx, HostReport report)
    {
        await tx.SetBackendsAsync(report.Host, report.Name, report.Inventory.Backends ?? []);
        var zone = report.Inventory.Facts.GetValueOrDefault(HostFactNames.Zone, VolumeZones.Own);
        await tx.SetZoneAsync(report.Host, zone);
        var host = VolumeHost.Of(report);
        if (host != await tx.FindVolumeHostAsync(report.Host))
            await tx.SaveVolumeHostAsync(host);
    }
}
