using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>The SQL of what was given up: one letter for a subject, the newest.</summary>
internal static class DeadLetterStore
{
    private const string Columns = "seq, kind, subject, instance_id, name, body, fault, at";

    public static async ValueTask BuryAsync(this Tx tx, DeadLetterRow letter) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO dead_letters (kind, subject, instance_id, name, body, fault, at)
            VALUES (@Kind, @Subject, @InstanceId, @Name, @Body, @Fault, @now)
            ON CONFLICT (kind, subject) DO UPDATE SET body = excluded.body, fault = excluded.fault, at = excluded.at
            """,
            letter
        );

    /// <summary>Newest first.</summary>
    /// <param name="before">Only those with lower numbers; null begins with the newest.</param>
    public static ValueTask<IReadOnlyList<DeadLetterRow>> ListDeadLettersAsync(this Tx tx, long? before, int limit) =>
        tx.ListAsync<DeadLetterRow>(
            $"SELECT {Columns} FROM dead_letters WHERE seq < @before ORDER BY seq DESC LIMIT @limit",
            new { before = before ?? long.MaxValue, limit }
        );

    public static ValueTask<DeadLetterRow?> FindDeadLetterAsync(this Tx tx, long seq) =>
        tx.FindAsync<DeadLetterRow>($"SELECT {Columns} FROM dead_letters WHERE seq = @seq", new { seq });

    /// <summary>Takes a letter away, to put back what it is about; null when another has done so.</summary>
    public static ValueTask<DeadLetterRow?> TakeDeadLetterAsync(this Tx tx, long seq) =>
        tx.FindAsync<DeadLetterRow>($"DELETE FROM dead_letters WHERE seq = @seq RETURNING {Columns}", new { seq });

    /// <summary>What was given up goes on by itself.</summary>
    public static void ForgetDeadLetter(this Tx tx, string kind, string subject) =>
        tx.Send("DELETE FROM dead_letters WHERE kind = @kind AND subject = @subject", new { kind, subject });

    /// <summary>Letters that no instance takes along when it goes.</summary>
    public static async ValueTask ForgetLooseLettersAsync(this Tx tx, DateTimeOffset before) =>
        await tx.ExecuteAsync(
            "DELETE FROM dead_letters WHERE kind IN ('Answer', 'Message') AND at < @before",
            new { before }
        );

    /// <summary>Counts that a process begins a step which it found left over.</summary>
    /// <returns>False when the step's try is over, or another began it.</returns>
    public static async ValueTask<bool> CountStartAsync(this Tx tx, TaskRow task) =>
        await tx.ExecuteAsync(
            $"UPDATE tasks SET starts = starts + 1 WHERE {TaskStore.ThisOne} AND attempt = @Attempt AND starts = @Starts",
            task
        ) == 1;

    /// <summary>It was stopped in good order, and so did not die of it.</summary>
    public static async ValueTask UncountStartAsync(this Tx tx, TaskRow task) =>
        await tx.ExecuteAsync(
            $"UPDATE tasks SET starts = @Starts WHERE {TaskStore.ThisOne} AND attempt = @Attempt AND starts = @Starts + 1",
            task
        );

    /// <summary>Counts that a process begins a turn whose news it found left over.</summary>
    /// <returns>False when the instance moved on since it was read.</returns>
    public static async ValueTask<bool> CountStartAsync(this Tx tx, InstanceRow read) =>
        await tx.ExecuteAsync(
            """
            UPDATE instances SET starts = starts + 1
            WHERE id = @Id AND generation = @Generation AND next_seq = @NextSeq AND owner = @Owner AND starts = @Starts
            """,
            read
        ) == 1;

    /// <summary>The turn was not written, but nobody died of it.</summary>
    public static async ValueTask UncountStartAsync(this Tx tx, InstanceRow read) =>
        await tx.ExecuteAsync(
            """
            UPDATE instances SET starts = @Starts
            WHERE id = @Id AND generation = @Generation AND owner = @Owner AND starts = @Starts + 1
            """,
            read
        );

    /// <summary>A turn that was given up may be tried again.</summary>
    public static async ValueTask<bool> ForgetStartsAsync(this Tx tx, string instance) =>
        await tx.ExecuteAsync(
            "UPDATE instances SET starts = 0, updated_at = @now WHERE id = @instance AND completed_at IS NULL",
            new { instance }
        ) == 1;

    /// <summary>A step's failure that its orchestration has not looked at yet is taken back.</summary>
    /// <returns>False when it has looked.</returns>
    public static async ValueTask<bool> TakeBackFailureAsync(this Tx tx, TaskRow task) =>
        await tx.ExecuteAsync($"DELETE FROM inbox WHERE {TaskStore.ThisOne} AND kind = 'TaskFailed'", task) == 1;
}

internal sealed record DeadLetterRow
{
    public long Seq { get; init; }
    public string Kind { get; init; } = "";
    public string Subject { get; init; } = "";
    public string? InstanceId { get; init; }
    public string Name { get; init; } = "";

    /// <summary>What it takes to put it back, as JSON.</summary>
    public string Body { get; init; } = "";
    public string Fault { get; init; } = "";
    public DateTimeOffset At { get; init; }
}
