using Pipeline.Contracts.Hosts;
using Pipeline.Data;

namespace Pipeline.Placement.Ledger;

/// <summary>The SQL of sweeps and of what they put into quarantine.</summary>
internal static class LedgerStore
{
    private const string Columns = "id, host_id, kind, item_id, parent_id, reason, found_at, seen_at";

    /// <summary>Numbers the host's next sweep, and plans the one after it.</summary>
    public static async ValueTask<long> CountSweepAsync(this Tx tx, HostId host, DateTimeOffset next) =>
        await tx.ScalarAsync<long>(
            """
            INSERT INTO host_sweeps (host_id, number, due_at, held, orphans, missing) VALUES (@host, 1, @next, 0, 0, 0)
            ON CONFLICT (host_id) DO UPDATE SET number = host_sweeps.number + 1, due_at = excluded.due_at
            RETURNING number
            """,
            new { host, next }
        );

    public static async ValueTask UncountSweepAsync(this Tx tx, HostId host) =>
        await tx.ExecuteAsync("UPDATE host_sweeps SET number = number - 1 WHERE host_id = @host", new { host });

    public static async ValueTask<bool> IsSweepDueAsync(this Tx tx, HostId host) =>
        await tx.ScalarAsync<long>(
            "SELECT COUNT(*) FROM host_sweeps WHERE host_id = @host AND due_at > @now",
            new { host }
        ) == 0;

    public static ValueTask<IReadOnlyList<HostId>> ListDueSweepsAsync(this Tx tx) =>
        tx.ListAsync<HostId>(
            """
            SELECT h.id FROM hosts h LEFT JOIN host_sweeps s ON s.host_id = h.id
            WHERE h.state = 'up' AND (s.due_at IS NULL OR s.due_at <= @now) ORDER BY h.id
            """
        );

    /// <param name="next">No later than this the next sweep is due.</param>
    public static async ValueTask SaveSweepAsync(
        this Tx tx,
        HostId host,
        LedgerFindings findings,
        int held,
        DateTimeOffset next
    ) =>
        await tx.ExecuteAsync(
            """
            UPDATE host_sweeps SET compared_at = @now, held = @held, orphans = @orphans, missing = @missing,
                due_at = CASE WHEN @next < due_at THEN @next ELSE due_at END
            WHERE host_id = @host
            """,
            new
            {
                host,
                held,
                orphans = findings.Removed.Count + findings.Unexpected.Count,
                missing = findings.Missing.Count,
                next,
            }
        );

    public static async ValueTask QuarantineAsync(this Tx tx, HostId host, Holding item, string id, string reason) =>
        await tx.ExecuteAsync(
            $"""
            INSERT INTO quarantine ({Columns}) VALUES (@id, @host, @kind, @item, @parent, @reason, @now, @now)
            ON CONFLICT (host_id, kind, item_id) DO UPDATE SET reason = excluded.reason, seen_at = excluded.seen_at
            """,
            new
            {
                id,
                host,
                kind = item.Kind.ToString(),
                item = item.Id.ToString(),
                parent = item.Parent?.ToString(),
                reason,
            }
        );

    public static async ValueTask KeepQuarantinedAsync(this Tx tx, HostId host, Holding item) =>
        await tx.ExecuteAsync(
            "UPDATE quarantine SET seen_at = @now WHERE host_id = @host AND kind = @kind AND item_id = @item",
            new
            {
                host,
                kind = item.Kind.ToString(),
                item = item.Id.ToString(),
            }
        );

    /// <summary>What this comparison did not see again is gone from the host, or has found its place.</summary>
    public static async ValueTask DropUnseenAsync(this Tx tx, HostId host) =>
        await tx.ExecuteAsync("DELETE FROM quarantine WHERE host_id = @host AND seen_at < @now", new { host });

    public static async ValueTask DropQuarantinedAsync(this Tx tx, HostId host, Holding item) =>
        await tx.ExecuteAsync(
            "DELETE FROM quarantine WHERE host_id = @host AND kind = @kind AND item_id = @item",
            new
            {
                host,
                kind = item.Kind.ToString(),
                item = item.Id.ToString(),
            }
        );

    public static ValueTask<QuarantineRow?> FindQuarantinedAsync(this Tx tx, string id) =>
        tx.FindAsync<QuarantineRow>($"SELECT {Columns} FROM quarantine WHERE id = @id", new { id });

    public static ValueTask<IReadOnlyList<QuarantineRow>> ListQuarantineAsync(this Tx tx) =>
        tx.ListAsync<QuarantineRow>($"SELECT {Columns} FROM quarantine ORDER BY found_at, id");

    public static async ValueTask<LedgerFigures> ReadFiguresAsync(this Tx tx) =>
        (
            await tx.FindAsync<LedgerFigures>(
                """
                SELECT (SELECT COALESCE(SUM(orphans), 0) FROM host_sweeps) AS orphans,
                    (SELECT COALESCE(SUM(missing), 0) FROM host_sweeps) AS missing,
                    (SELECT COUNT(*) FROM quarantine) AS quarantined,
                    (SELECT COUNT(*) FROM cloud WHERE restored_at IS NOT NULL) AS held_back
                """
            )
        )!;
}

internal sealed record QuarantineRow
{
    public string Id { get; init; } = "";
    public HostId HostId { get; init; }
    public string Kind { get; init; } = "";
    public string ItemId { get; init; } = "";
    public string? ParentId { get; init; }
    public string Reason { get; init; } = "";
    public DateTimeOffset FoundAt { get; init; }
    public DateTimeOffset SeenAt { get; init; }

    public Holding Item =>
        new(Enum.Parse<HoldingKind>(Kind), Guid.Parse(ItemId), ParentId is null ? null : Guid.Parse(ParentId));
}

/// <summary>What the last sweeps of all hosts found.</summary>
internal sealed record LedgerFigures
{
    public long Orphans { get; init; }
    public long Missing { get; init; }
    public long Quarantined { get; init; }
    public long HeldBack { get; init; }
}
