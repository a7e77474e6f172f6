using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>
/// The SQL of orchestrations' locks. A row for each name asked for; a request is granted when no older row has any of its
/// names. All changes are made one transaction at a time, so that the order of rows is the order of requests, no circle of
/// waits can come to be, and no grant falls between two releases.
/// </summary>
internal static class LockStore
{
    /// <summary>Before anything else of this store in a transaction.</summary>
    public static ValueTask HoldLocksAsync(this Tx tx) => tx.LockAsync("orchestration-locks");

    public static async ValueTask AddLockAsync(this Tx tx, TaskKey request, string name) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO orchestration_locks (name, instance_id, generation, task_id, granted)
            VALUES (@name, @InstanceId, @Generation, @TaskId, 0)
            """,
            new
            {
                name,
                request.InstanceId,
                request.Generation,
                request.TaskId,
            }
        );

    /// <returns>The names that nobody of this request asks for any more.</returns>
    public static ValueTask<IReadOnlyList<string>> DropLocksAsync(this Tx tx, TaskKey request) =>
        tx.ListAsync<string>(
            """
            DELETE FROM orchestration_locks
            WHERE instance_id = @InstanceId AND generation = @Generation AND task_id = @TaskId RETURNING name
            """,
            request
        );

    /// <summary>The same for all that an instance holds or waits for.</summary>
    public static ValueTask<IReadOnlyList<string>> DropLocksAsync(this Tx tx, string instance) =>
        tx.ListAsync<string>(
            "DELETE FROM orchestration_locks WHERE instance_id = @instance RETURNING name",
            new { instance }
        );

    public static async ValueTask<bool> AnyLocksAsync(this Tx tx, string instance) =>
        await tx.ScalarAsync<string>(
            "SELECT name FROM orchestration_locks WHERE instance_id = @instance LIMIT 1",
            new { instance }
        )
            is not null;

    /// <summary>Marks the requests that now have all they asked for, of those that ask for one of these names.</summary>
    public static async ValueTask<IReadOnlyList<TaskKey>> GrantLocksAsync(this Tx tx, IReadOnlyCollection<string> names)
    {
        var granted = await tx.ListAsync<LockRow>(
            """
            SELECT DISTINCT w.instance_id, w.generation, w.task_id FROM orchestration_locks w
            WHERE w.name IN @names AND w.granted = 0 AND NOT EXISTS (
                SELECT 1 FROM orchestration_locks mine
                JOIN orchestration_locks older ON older.name = mine.name AND older.seq < mine.seq
                WHERE mine.instance_id = w.instance_id AND mine.generation = w.generation AND mine.task_id = w.task_id)
            ORDER BY w.instance_id, w.generation, w.task_id
            """,
            new { names }
        );
        foreach (var row in granted)
            await tx.ExecuteAsync(
                """
                UPDATE orchestration_locks SET granted = 1
                WHERE instance_id = @InstanceId AND generation = @Generation AND task_id = @TaskId
                """,
                row.Key
            );
        return [.. granted.Select(g => g.Key)];
    }

    private sealed record LockRow
    {
        public string InstanceId { get; init; } = "";
        public int Generation { get; init; }
        public int TaskId { get; init; }

        public TaskKey Key => new(InstanceId, Generation, TaskId);
    }
}
