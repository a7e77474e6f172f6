using Pipeline.Contracts.Hosts;

namespace Pipeline.Data;

/// <summary>
/// The database's line of epochs. Hosts remember points of its history; one that the database does not have shows that it
/// was restored from an earlier copy. A new line begins then, and sweeps only report until an operator releases them.
/// </summary>
public static class Lineage
{
    public static async ValueTask<Cloud> ReadCloudAsync(this Tx tx) =>
        (await tx.FindAsync<Cloud>("SELECT id, line, restored_at FROM cloud"))!;

    /// <summary>The newest point of the history; null in a database in which nothing was ever changed.</summary>
    public static async ValueTask<Milestone?> NewestMilestoneAsync(this Tx tx, long line) =>
        await tx.FindAsync<Record>("SELECT seq, at, request_id FROM audit ORDER BY seq DESC LIMIT 1") is { } newest
            ? new(line, newest.Seq, newest.Stamp)
            : null;

    /// <summary>True when this history has the point, or had it before its oldest records were dropped.</summary>
    public static async ValueTask<bool> HasPassedAsync(this Tx tx, Cloud cloud, Milestone milestone)
    {
        if (milestone.Line != cloud.Line)
            return milestone.Line < cloud.Line; // an earlier line was left behind knowingly
        var there = await tx.FindAsync<Record>(
            "SELECT seq, at, request_id FROM audit WHERE seq = @Seq",
            new { milestone.Seq }
        );
        return there is not null
            ? there.Stamp == milestone.Stamp
            : milestone.Seq < await tx.ScalarAsync<long>("SELECT COALESCE(MIN(seq), 0) FROM audit");
    }

    /// <summary>The database turned out to be restored: a line above all known ones begins, and sweeps only report.</summary>
    public static async ValueTask BeginLineAsync(this Tx tx, long above) =>
        await tx.ExecuteAsync(
            "UPDATE cloud SET line = CASE WHEN line > @above THEN line ELSE @above END + 1, restored_at = @now",
            new { above }
        );

    /// <summary>An operator's word: what this database says holds again.</summary>
    /// <returns>False when sweeps were not held back.</returns>
    public static async ValueTask<bool> ReleaseSweepsAsync(this Tx tx) =>
        await tx.ExecuteAsync("UPDATE cloud SET restored_at = NULL WHERE restored_at IS NOT NULL") == 1;

    private sealed record Record
    {
        public long Seq { get; init; }
        public DateTimeOffset At { get; init; }
        public string RequestId { get; init; } = "";

        public string Stamp => $"{Time.ToMicroseconds(At)}-{RequestId}";
    }
}
