using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>The engine's SQL for tasks: steps that are scheduled and not yet answered.</summary>
internal static class TaskStore
{
    private const string Columns = """
        instance_id, generation, task_id, kind, name, input, host, resource, epoch, secrets, retry, attempt, fault, sends,
        cancelled, due_at, deadline_at, trace_parent, starts, done
        """;

    public const string ThisOne = "instance_id = @InstanceId AND generation = @Generation AND task_id = @TaskId";

    public static void AddTask(this Tx tx, TaskRow task) =>
        tx.Send(
            $"""
            INSERT INTO tasks ({Columns}) VALUES (@InstanceId, @Generation, @TaskId, @Kind, @Name, @Input, @Host, @Resource,
                @Epoch, @Secrets, @Retry, 1, NULL, 0, 0, @now, @DeadlineAt, @TraceParent, 0, NULL)
            """,
            task
        );

    public static ValueTask<TaskRow?> FindTaskAsync(this Tx tx, TaskKey key) =>
        tx.FindAsync<TaskRow>($"SELECT {Columns} FROM tasks WHERE {ThisOne}", key);

    /// <summary>A task whose time has come; null when it is not due, answered, or another owner's.</summary>
    public static ValueTask<TaskRow?> FindDueTaskAsync(this Tx tx, TaskKey key, string owner) =>
        tx.FindAsync<TaskRow>(Due(owner), new DueArguments(key, owner));

    /// <summary>The same, and nobody else changes it until the transaction ends.</summary>
    public static ValueTask<TaskRow?> HoldDueTaskAsync(this Tx tx, TaskKey key, string owner) =>
        tx.FindAsync<TaskRow>($"{Due(owner)} FOR UPDATE", new DueArguments(key, owner));

    public static ValueTask<IReadOnlyList<TaskRow>> ListTasksAsync(this Tx tx, string instance) =>
        tx.ListAsync<TaskRow>(
            $"SELECT {Columns} FROM tasks WHERE instance_id = @instance ORDER BY task_id",
            new { instance }
        );

    /// <summary>Tasks to begin, repeat, send again or give up, oldest first, and when the next one will be due.</summary>
    public static async ValueTask<(IReadOnlyList<DueTask> Due, DateTimeOffset? Next)> ListDueTasksAsync(
        this Tx tx,
        string owner,
        int limit
    )
    {
        var due = await tx.ListAsync<DueTask>(
            $"""
            SELECT instance_id, generation, task_id, kind FROM tasks
            WHERE due_at <= @now{Owned(owner)} ORDER BY starts, due_at, instance_id, task_id LIMIT @limit
            """,
            new { Owner = owner, limit }
        );
        var next = await tx.ScalarAsync<long?>("SELECT MIN(due_at) FROM tasks WHERE due_at > @now");
        return (due, next is null ? null : Time.FromMicroseconds(next.Value));
    }

    /// <summary>Takes a task away to end it. Null when another has done so, or it was cancelled and must not be done.</summary>
    public static ValueTask<TaskRow?> TakeTaskAsync(this Tx tx, TaskKey key, bool evenCancelled) =>
        tx.FindAsync<TaskRow>(
            $"DELETE FROM tasks WHERE {ThisOne} AND cancelled <= @most RETURNING {Columns}",
            new
            {
                key.InstanceId,
                key.Generation,
                key.TaskId,
                most = evenCancelled ? 1 : 0,
            }
        );

    /// <summary>An instance's tasks go, all of them or the cancelled ones.</summary>
    public static ValueTask<IReadOnlyList<TaskRow>> DropTasksAsync(this Tx tx, string instance, bool onlyCancelled) =>
        tx.ListAsync<TaskRow>(
            $"DELETE FROM tasks WHERE instance_id = @instance AND cancelled >= @least RETURNING {Columns}",
            new { instance, least = onlyCancelled ? 1 : 0 }
        );

    /// <summary>Puts a task off to its next try.</summary>
    public static async ValueTask TryAgainAsync(this Tx tx, TaskRow task, DateTimeOffset dueAt, string fault) =>
        await tx.ExecuteAsync(
            $"""
            UPDATE tasks SET attempt = attempt + 1, sends = 0, starts = 0, done = NULL, due_at = @dueAt, fault = @fault
            WHERE {ThisOne} AND attempt = @Attempt
            """,
            new
            {
                task.InstanceId,
                task.Generation,
                task.TaskId,
                task.Attempt,
                dueAt,
                fault,
            }
        );

    /// <summary>How much of a try is done, by the host that is at it.</summary>
    public static async ValueTask SetDoneAsync(this Tx tx, TaskKey key, HostId host, int attempt, double done) =>
        await tx.ExecuteAsync(
            $"UPDATE tasks SET done = @done WHERE {ThisOne} AND host = @Host AND attempt = @attempt",
            new
            {
                key.InstanceId,
                key.Generation,
                key.TaskId,
                Host = host.ToString(),
                attempt,
                done,
            }
        );

    /// <summary>Looks at a task again later; the same try.</summary>
    public static async ValueTask PutOffAsync(
        this Tx tx,
        TaskKey key,
        int sends,
        DateTimeOffset dueAt,
        string? traceParent = null
    ) =>
        await tx.ExecuteAsync(
            $"""
            UPDATE tasks SET sends = @sends, due_at = @dueAt, trace_parent = COALESCE(@traceParent, trace_parent)
            WHERE {ThisOne}
            """,
            new
            {
                key.InstanceId,
                key.Generation,
                key.TaskId,
                sends,
                dueAt,
                traceParent,
            }
        );

    /// <returns>The task; null when it was answered already.</returns>
    public static ValueTask<TaskRow?> CancelTaskAsync(this Tx tx, TaskKey key) =>
        tx.FindAsync<TaskRow>(
            $"UPDATE tasks SET cancelled = 1, due_at = @now WHERE {ThisOne} RETURNING {Columns}",
            key
        );

    private static string Due(string owner) =>
        $"SELECT {Columns} FROM tasks WHERE {ThisOne} AND due_at <= @now{Owned(owner)}";

    /// <summary>A task belongs to whoever runs its instance; where that is always the same, nobody asks.</summary>
    private static string Owned(string owner) =>
        owner.Length == 0
            ? ""
            : " AND EXISTS (SELECT 1 FROM instances i WHERE i.id = tasks.instance_id AND i.owner = @Owner)";

    private sealed record DueArguments(string InstanceId, int Generation, int TaskId, string Owner)
    {
        public DueArguments(TaskKey key, string owner)
            : this(key.InstanceId, key.Generation, key.TaskId, owner) { }
    }
}

internal sealed record DueTask
{
    public string InstanceId { get; init; } = "";
    public int Generation { get; init; }
    public int TaskId { get; init; }
    public string Kind { get; init; } = "";

    public TaskKey Key => new(InstanceId, Generation, TaskId);
}
