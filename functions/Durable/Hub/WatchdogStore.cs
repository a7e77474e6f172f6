using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>The SQL of the watchdog.</summary>
internal static class WatchdogStore
{
    /// <summary>So many stuck instances are found at most.</summary>
    private const int Most = 1_000;

    public static async ValueTask<Findings> ListFindingsAsync(this Tx tx, string owner)
    {
        // Its deadline alone is nothing that an instance waits for, until it has come.
        var stuck = await tx.ListAsync<string>(
            """
            SELECT i.id FROM instances i
            WHERE i.status IN ('Pending', 'Running') AND i.owner = @owner AND i.waits IS NULL
                AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.instance_id = i.id)
                AND NOT EXISTS (SELECT 1 FROM inbox n WHERE n.instance_id = i.id
                    AND (n.kind <> 'DeadlineReached' OR n.visible_at <= @now))
                AND NOT EXISTS (SELECT 1 FROM instances c WHERE c.parent_id = i.id AND c.completed_at IS NULL)
                AND NOT EXISTS (SELECT 1 FROM orchestration_locks l WHERE l.instance_id = i.id AND l.granted = 0)
                AND NOT EXISTS (SELECT 1 FROM resources r WHERE r.resource = i.resource AND r.next_operation = i.id)
            ORDER BY i.id LIMIT @Most
            """,
            new { owner, Most }
        );
        var open = await tx.ListAsync<OpenCount>(
            """
            SELECT status, blocked, late, COUNT(*) AS count FROM (
                SELECT status, CASE WHEN blocked IS NULL THEN 0 ELSE 1 END AS blocked,
                    CASE WHEN deadline_at <= @now THEN 1 ELSE 0 END AS late
                FROM instances WHERE status IN ('Pending', 'Running', 'Suspended') AND owner = @owner
            ) AS open_ones GROUP BY status, blocked, late
            """,
            new { owner }
        );
        return new(stuck, open);
    }
}

/// <summary>What the watchdog saw.</summary>
/// <param name="Stuck">Ids of instances that wait for nothing, at most a thousand.</param>
internal sealed record Findings(IReadOnlyList<string> Stuck, IReadOnlyList<OpenCount> Open)
{
    public static Findings None { get; } = new([], []);

    public long Blocked => Open.Where(c => c.Blocked).Sum(c => c.Count);

    /// <summary>By an operator's word alone.</summary>
    public long Suspended => Open.Where(c => c.Status == InstanceStatus.Suspended && !c.Blocked).Sum(c => c.Count);

    public long Overdue(string status) => Open.Where(c => c.Status == status && c.Late).Sum(c => c.Count);
}

internal sealed record OpenCount
{
    public string Status { get; init; } = "";
    public bool Blocked { get; init; }
    public bool Late { get; init; }
    public long Count { get; init; }
}
