using Pipeline.Compute.Servers;
using Pipeline.Contracts.Hosts;
using Pipeline.Data;

namespace Pipeline.Compute.Sweeps;

/// <summary>Where the records have guests and disks: both are their server's, and its lock is theirs.</summary>
internal sealed class ServerLedger : ILedger
{
    public async ValueTask<IReadOnlyList<LedgerRecord>> ReadAsync(Tx tx, HostId host, IReadOnlyList<Holding> held)
    {
        var ids = held.Where(h => h.Kind is HoldingKind.Guest or HoldingKind.Disk).Select(h => h.Id).Distinct();
        var here = await tx.ListServersOnAsync(host);
        var elsewhere = await tx.ListPlacesAsync(ids.Except(here.Select(s => s.Id.Value)).Select(i => new ServerId(i)));
        return [.. here.Concat(elsewhere).SelectMany(Records)];
    }

    private static IEnumerable<LedgerRecord> Records(ServerPlace server) =>
        new[] { HoldingKind.Guest, HoldingKind.Disk }.Select(kind => new LedgerRecord(
            new(kind, server.Id.Value),
            server.HostId,
            Server.ResourceOf(server.Id)
        ));
}
