using Pipeline.BlockStorage.Volumes;
using Pipeline.Contracts.Hosts;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Sweeps;

/// <summary>What is recorded of volumes, snapshots and attachments, those of backups too, for sweeps.</summary>
internal sealed class VolumeLedger : ILedger
{
    private const int Chunk = 500;

    /// <summary>What may bear a backup's id: the volume goes before the snapshot that it was made of.</summary>
    private static readonly HoldingKind[] Named = [HoldingKind.Volume, HoldingKind.Snapshot];

    private const string Placed = "SELECT COALESCE(name_id, id) AS id, host_id, id AS owner FROM volumes";

    /// <summary>Where a volume is to be, or was: nothing has to be there, and what is belongs to its move.</summary>
    private const string Promised = "SELECT other_name_id AS id, NULL AS host_id, id AS owner FROM volumes";

    public async ValueTask<IReadOnlyList<LedgerRecord>> ReadAsync(Tx tx, HostId host, IReadOnlyList<Holding> held)
    {
        var volumes = new List<PlacedRow>(
            await tx.ListAsync<PlacedRow>(
                $"{Placed} WHERE host_id = @host UNION ALL {Promised} WHERE other_host_id = @host ORDER BY id",
                new { host }
            )
        );
        var snapshots = new List<PlacedRow>(
            await tx.ListAsync<PlacedRow>(
                """
                SELECT s.id, v.host_id, COALESCE(v.name_id, v.id) AS parent, v.id AS owner FROM volume_snapshots s
                JOIN volumes v ON v.id = s.volume_id WHERE v.host_id = @host AND s.status <> 'error' ORDER BY s.id
                """,
                new { host }
            )
        );
        foreach (var chunk in Others(held, HoldingKind.Volume, volumes))
            volumes.AddRange(
                await tx.ListAsync<PlacedRow>(
                    $"""
                    {Placed} WHERE id IN @chunk AND name_id IS NULL
                    UNION ALL {Placed} WHERE name_id IN @chunk
                    UNION ALL {Promised} WHERE other_name_id IN @chunk
                    """,
                    new { chunk }
                )
            );
        foreach (var chunk in Others(held, HoldingKind.Snapshot, snapshots))
            snapshots.AddRange(
                await tx.ListAsync<PlacedRow>(
                    """
                    SELECT s.id, v.host_id, COALESCE(v.name_id, v.id) AS parent, v.id AS owner FROM volume_snapshots s
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
            .. (await AttachmentsAsync(tx, host, held)).Select(a => new LedgerRecord(
                new(HoldingKind.Export, new(a.Id), new(a.Parent!)),
                a.HostId,
                a.Server is { } server ? $"server/{server}" : $"attachment/{a.Id}"
            )),
            .. volumes.Select(v => new LedgerRecord(new(HoldingKind.Volume, v.Guid), v.HostId, $"volume/{v.Owner}")),
            .. snapshots.Select(s => new LedgerRecord(
                new(HoldingKind.Snapshot, s.Guid, new Guid(s.Parent!)),
                s.HostId,
                $"volume/{s.Owner}"
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

    /// <summary>An attachment whose way is not recorded yet belongs nowhere; its operation is under way, or it has none.</summary>
    private static async ValueTask<List<PlacedRow>> AttachmentsAsync(Tx tx, HostId host, IReadOnlyList<Holding> held)
    {
        const string rows = """
            SELECT a.id, CASE WHEN a.connection IS NULL THEN NULL ELSE v.host_id END AS host_id,
                COALESCE(v.name_id, v.id) AS parent, CASE WHEN a.claimed = 1 THEN a.server_id ELSE NULL END AS server
            FROM volume_attachments a JOIN volumes v ON v.id = a.volume_id
            """;
        var found = new List<PlacedRow>(
            await tx.ListAsync<PlacedRow>($"{rows} WHERE v.host_id = @host ORDER BY a.id", new { host })
        );
        foreach (var chunk in Others(held, HoldingKind.Export, found))
            found.AddRange(await tx.ListAsync<PlacedRow>($"{rows} WHERE a.id IN @chunk", new { chunk }));
        return found;
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

        /// <summary>The volume under whose lock it is changed; null for others than volumes and snapshots.</summary>
        public string? Owner { get; init; }

        /// <summary>For which compute has it; null for a client.</summary>
        public string? Server { get; init; }

        public Guid Guid => new(Id);
    }
}
