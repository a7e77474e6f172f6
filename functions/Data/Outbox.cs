namespace Pipeline.Data;

/// <summary>Messages that leave with the transaction that wrote them; a dispatcher sends and then deletes them.</summary>
public static class Outbox
{
    public static async ValueTask EnqueueAsync(this Tx tx, string queue, string body, string? traceParent) =>
        await tx.ExecuteAsync(
            "INSERT INTO outbox (queue, body, trace_parent, created_at) VALUES (@queue, @body, @traceParent, @now)",
            new
            {
                queue,
                body,
                traceParent,
            }
        );

    /// <summary>The oldest messages not sent yet.</summary>
    public static ValueTask<IReadOnlyList<OutboxMessage>> ListOutboxAsync(this Tx tx, int limit) =>
        tx.ListAsync<OutboxMessage>(
            "SELECT seq, queue, body, trace_parent, created_at FROM outbox ORDER BY seq LIMIT @limit",
            new { limit }
        );

    public static async ValueTask DeleteOutboxAsync(this Tx tx, IReadOnlyCollection<long> sent) =>
        await tx.ExecuteAsync("DELETE FROM outbox WHERE seq IN @sent", new { sent });
}

public sealed record OutboxMessage
{
    public long Seq { get; init; }
    public string Queue { get; init; } = "";
    public string Body { get; init; } = "";
    public string? TraceParent { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
}
