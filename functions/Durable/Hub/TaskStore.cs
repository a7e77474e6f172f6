using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>The engine's SQL for tasks: steps that are scheduled and not yet answered.</summary>
internal static class TaskStore
{
    private const string Columns = """
        instance_id, generation, task_id, kind, name, input, host, resource, epoch, secrets, retry, attempt, cancelled,
        due_at, deadline_at, trace_parent
        """;

    public static async ValueTask AddTaskAsync(this Tx tx, TaskRow task) =>
        await tx.ExecuteAsync(
            $"""
            INSERT INTO tasks ({Columns}) VALUES (@InstanceId, @Generation, @TaskId, @Kind, @Name, @Input, @Host, @Resource,
                @Epoch, @Secrets, @Retry, @Attempt, 0, @DueAt, @DeadlineAt, @TraceParent)
            """,
            task
        );

    public static ValueTask<TaskRow?> FindTaskAsync(this Tx tx, TaskKey key) =>
        tx.FindAsync<TaskRow>(
            $"""
            SELECT {Columns} FROM tasks
            WHERE instance_id = @InstanceId AND generation = @Generation AND task_id = @TaskId
            """,
            new
            {
                key.InstanceId,
                key.Generation,
                key.TaskId,
            }
        );

    /// <summary>Tasks to begin, repeat, send again or give up, oldest first.</summary>
    public static ValueTask<IReadOnlyList<TaskRow>> ListDueTasksAsync(this Tx tx, int limit) =>
        tx.ListAsync<TaskRow>(
            $"SELECT {Columns} FROM tasks WHERE due_at <= @now ORDER BY due_at, instance_id LIMIT @limit",
            new { limit }
        );

    public static async ValueTask<DateTimeOffset?> NextDueTaskAsync(this Tx tx) =>
        await tx.ScalarAsync<long?>("SELECT MIN(due_at) FROM tasks WHERE due_at > @now") is { } next
            ? Time.FromMicroseconds(next)
            : null;

    public static async ValueTask DeleteTaskAsync(this Tx tx, TaskKey key) =>
        await tx.ExecuteAsync(
            "DELETE FROM tasks WHERE instance_id = @InstanceId AND generation = @Generation AND task_id = @TaskId",
            new
            {
                key.InstanceId,
                key.Generation,
                key.TaskId,
            }
        );

    /// <summary>Puts a task off: to its next try, or to when an unanswered order is sent again.</summary>
    public static async ValueTask PutOffAsync(
        this Tx tx,
        TaskKey key,
        int attempt,
        DateTimeOffset dueAt,
        string? fault
    ) =>
        await tx.ExecuteAsync(
            """
            UPDATE tasks SET attempt = @attempt, due_at = @dueAt, fault = COALESCE(@fault, fault)
            WHERE instance_id = @InstanceId AND generation = @Generation AND task_id = @TaskId
            """,
            new
            {
                key.InstanceId,
                key.Generation,
                key.TaskId,
                attempt,
                dueAt,
                fault,
            }
        );

    public static async ValueTask CancelTaskAsync(this Tx tx, TaskKey key) =>
        await tx.ExecuteAsync(
            """
            UPDATE tasks SET cancelled = 1, due_at = @now
            WHERE instance_id = @InstanceId AND generation = @Generation AND task_id = @TaskId
            """,
            new
            {
                key.InstanceId,
                key.Generation,
                key.TaskId,
            }
        );
}
