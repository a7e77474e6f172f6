namespace Pipeline.Data;

/// <summary>Messages that leave with the transaction that wrote them; a dispatcher sends and then deletes them.</summary>
public static class Outbox
{
    /// <param name="owner">Who sends it, where several functions hosts share the store.</param>
    public static async ValueTask EnqueueAsync(
        this Tx tx,
        string queue,
        string body,
        string? traceParent,
        string owner = ""
    ) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO outbox (queue, body, trace_parent, created_at, owner)
            VALUES (@queue, @body, @traceParent, @now, @owner)
            """,
            new
            {
                queue,
                body,
                traceParent,
                owner,
            }
        );

    /// <summary>The oldest messages not sent yet that are this owner's to send.</summary>
    public static ValueTask<IReadOnlyList<OutboxMessage>> ListOutboxAsync(this Tx tx, int limit, string owner = "") =>
        tx.ListAsync<OutboxMessage>(
            "SELECT seq, queue, body, trace_parent, created_at FROM outbox WHERE owner = @owner ORDER BY seq LIMIT @limit",
            new { limit, owner }
        );

    /// <summary>Takes over what owners that are gone have left.</summary>
    public static ValueTask<int> ClaimOutboxAsync(this Tx tx, string owner, IReadOnlyList<string> gone) =>
        tx.ExecuteAsync("UPDATE outbox SET owner = @owner WHERE owner IN @gone", new { owner, gone });

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
