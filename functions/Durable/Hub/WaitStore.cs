using Pipeline.Contracts;
using Pipeline.Data;
using Pipeline.Durable.Management;

namespace Pipeline.Durable.Hub;

/// <summary>The SQL of what one instance waits for at this moment.</summary>
internal static class WaitStore
{
    public static async ValueTask<IReadOnlyList<InstanceWait>> ListWaitsAsync(this Tx tx, InstanceRow row)
    {
        if (InstanceStatus.IsTerminal(row.Status))
            return [];
        var waits = new List<InstanceWait>(await ListTurnsAsync(tx, row));
        waits.AddRange((await tx.ListTasksAsync(row.Id)).Select(OfStep));
        waits.AddRange((await tx.ListTimersAsync(row)).Select(due => new InstanceWait(WaitType.Timer) { DueAt = due }));
        waits.AddRange((row.Waits ?? "").Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(OfEvent));
        waits.AddRange((await tx.ListAwaitedLocksAsync(row.Id)).Select(l => Held(WaitType.Lock, l)));
        foreach (var child in await tx.ListChildrenAsync(row.Id))
            if (child is { CompletedAt: null, Detached: false })
                waits.Add(new(WaitType.SubOrchestration, child.Name) { InstanceId = child.Id });
        return waits;
    }

    /// <summary>What must come before its first turn.</summary>
    private static async ValueTask<IReadOnlyList<InstanceWait>> ListTurnsAsync(Tx tx, InstanceRow row)
    {
        if (row.Resource is { } resource && await tx.FindPredecessorAsync(resource, row.Id) is { } held)
            return [Held(WaitType.Resource, held)];
        return row.StartAt > tx.Now ? [new(WaitType.Start) { DueAt = row.StartAt }] : [];
    }

    private static InstanceWait OfStep(TaskRow task) =>
        new(WaitType.Step, task.Name)
        {
            Attempt = task.Attempt,
            Host = HostId.TryParse(task.Host, out var host) ? host : null,
            // Else it is when a host's order is sent again, or nothing at all.
            DueAt = task is { Fault: not null, Sends: 0 } ? task.DueAt : null,
        };

    private static InstanceWait OfEvent(string name) => new(WaitType.Event, name);

    private static InstanceWait Held(string type, HeldName held) => new(type, held.Name) { InstanceId = held.Holder };

    private static async ValueTask<IEnumerable<DateTimeOffset>> ListTimersAsync(this Tx tx, InstanceRow row) =>
        (
            await tx.ListAsync<InboxRow>(
                """
                SELECT seq, visible_at FROM inbox
                WHERE instance_id = @Id AND generation = @Generation AND kind = 'TimerFired' ORDER BY visible_at, seq
                """,
                new { row.Id, row.Generation }
            )
        ).Select(t => t.VisibleAt);

    private static ValueTask<IReadOnlyList<HeldName>> ListAwaitedLocksAsync(this Tx tx, string id) =>
        tx.ListAsync<HeldName>(
            """
            SELECT w.name, (
                SELECT h.instance_id FROM orchestration_locks h
                WHERE h.name = w.name AND h.granted = 1 ORDER BY h.seq LIMIT 1
            ) AS holder FROM orchestration_locks w
            WHERE w.instance_id = @id AND w.granted = 0 ORDER BY w.name
            """,
            new { id }
        );

    private static ValueTask<HeldName?> FindPredecessorAsync(this Tx tx, string resource, string id) =>
        tx.FindAsync<HeldName>(
            "SELECT resource AS name, operation AS holder FROM resources WHERE resource = @resource AND next_operation = @id",
            new { resource, id }
        );

    private sealed record HeldName
    {
        public string Name { get; init; } = "";
        public string? Holder { get; init; }
    }
}
