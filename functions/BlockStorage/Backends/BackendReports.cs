using Pipeline.Contracts.Hosts;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Backends;

/// <summary>Keeps what hosts tell of their backends.</summary>
internal sealed class BackendReports : IHostReports
{
    public async ValueTask HeardAsync(Tx tx, HostReport report) =>
        await tx.SetBackendsAsync(report.Host, report.Name, report.Inventory.Backends ?? []);
}
