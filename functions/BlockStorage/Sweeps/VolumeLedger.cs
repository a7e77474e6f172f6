using Pipeline.BlockStorage.Volumes;
using Pipeline.Contracts.Hosts;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Sweeps;

/// <summary>What is recorded of volumes and snapshots, those of backups too, for sweeps.</summary>
internal sealed class VolumeLedger : ILedger
{
    private const int Chunk = 500;

    /// <summary>What may bear a backup's id: the volume goes before the snapshot that it was made of.</summary>
    private static readonly HoldingKind[] Named = [HoldingKind.Volume, HoldingKind.Snapshot];

    public async ValueTask<IReadOnlyList<LedgerRecord>> ReadAsync(Tx tx, HostId host, IReadOnlyList<Holding> held)
    {
        var volumes = new List<PlacedRow>(
            await tx.ListAsync<PlacedRow>(
                "SELECT id, host_id FROM volumes WHERE host_id = @host ORDER BY id",
                new { host }
            )
        );
        var snapshots = new List<PlacedRow>(
            await tx.ListAsync<PlacedRow>(
                """
                SELECT s.id, v.host_id, s.volume_id AS parent FROM volume_snapshots s
                JOIN volumes v ON v.id = s.volume_id WHERE v.host_id = @host AND s.status <> 'error' ORDER BY s.id
                """,
                new { host }
            )
        );
        foreach (var chunk in Others(held, HoldingKind.Volume, volumes))
            volumes.AddRange(
                await tx.ListAsync<PlacedRow>("SELECT id, host_id FROM volumes WHERE id IN @chunk", new { chunk })
            );
        foreach (var chunk in Others(held, HoldingKind.Snapshot, snapshots))
            snapshots.AddRange(
                await tx.ListAsync<PlacedRow>(
                    """
                    SELECT s.id, v.host_id, s.volume_id AS parent FROM volume_snapshots s
                    JOIN volumes v ON v.id = s.volume_id WHERE s.id IN @chunk
                    """,
                    new { chunk }
                )
            );
        var backups = await ReadBackupsAsync(tx, host, held);
        return
        [
            .. backups.Select(b => new LedgerRecord(new(HoldingKind.Volume, b.Guid), b.HostId, $"backup/{b.Id}")),
            .. backups.Select(b => new LedgerRecord(
                new(HoldingKind.Snapshot, b.Guid, new Guid(b.Parent!)),
                b.HostId,
                $"backup/{b.Id}"
            )),
            .. volumes.Select(v => new LedgerRecord(new(HoldingKind.Volume, v.Guid), v.HostId, $"volume/{v.Id}")),
            .. snapshots.Select(s => new LedgerRecord(
                new(HoldingKind.Snapshot, s.Guid, new Guid(s.Parent!)),
                s.HostId,
                $"volume/{s.Parent}"
            )),
        ];
    }

    /// <summary>While a backup is made its host may have a snapshot and a volume of its name, and as soon as it is made it has not.</summary>
    private static async ValueTask<List<PlacedRow>> ReadBackupsAsync(Tx tx, HostId host, IReadOnlyList<Holding> held)
    {
        var backups = new List<PlacedRow>(
            await tx.ListAsync<PlacedRow>(
                "SELECT id, host_id, volume_id AS parent FROM volume_backups WHERE host_id = @host AND manifest IS NULL",
                new { host }
            )
        );
        foreach (var chunk in Named.SelectMany(kind => Others(held, kind, backups)).ToList())
            backups.AddRange(
                await tx.ListAsync<PlacedRow>(
                    "SELECT id, NULL AS host_id, volume_id AS parent FROM volume_backups WHERE id IN @chunk",
                    new { chunk }
                )
            );
        return backups;
    }

    private static IEnumerable<string[]> Others(
        IReadOnlyList<Holding> held,
        HoldingKind kind,
        IReadOnlyList<PlacedRow> known
    )
    {
        var here = known.Select(k => k.Guid).ToHashSet();
        return held.Where(h => h.Kind == kind && !here.Contains(h.Id)).Select(h => $"{h.Id}").Distinct().Chunk(Chunk);
    }

    private sealed record PlacedRow
    {
        public string Id { get; init; } = "";
        public HostId? HostId { get; init; }
        public string? Parent { get; init; }

        public Guid Guid => new(Id);
    }
}
