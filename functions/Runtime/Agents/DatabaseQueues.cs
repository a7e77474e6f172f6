using System.Globalization;
using Pipeline.Data;
using Pipeline.Runtime.Storage;

namespace Pipeline.Runtime.Agents;

/// <summary>Queues in the cloud's own database, with the semantics of Azure Queue Storage; agents pull them by HTTP.</summary>
public sealed class DatabaseQueues(Database db, Randomness randomness) : IQueues
{
    public IQueue Open(string name) => new DatabaseQueue(name, db, randomness);

    private sealed class DatabaseQueue(string name, Database db, Randomness randomness) : IQueue
    {
        public string Name => name;

        public Task CreateAsync(CancellationToken ct = default) =>
            db.WriteAsync(async tx =>
            {
                await tx.ExecuteAsync(
                    "INSERT INTO queues (name) VALUES (@name) ON CONFLICT (name) DO NOTHING",
                    new { name }
                );
            });

        public Task RemoveAsync(CancellationToken ct = default) =>
            db.WriteAsync(async tx =>
            {
                await tx.ExecuteAsync("DELETE FROM queue_messages WHERE queue = @name", new { name });
                await tx.ExecuteAsync("DELETE FROM queues WHERE name = @name", new { name });
            });

        public Task SendAsync(
            ReadOnlyMemory<byte> body,
            TimeSpan visibilityDelay = default,
            CancellationToken ct = default
        )
        {
            if (body.Length > QueueMessage.MaxBytes)
                throw new Fault(FaultCode.TooLarge, "The message is too large for a queue.");
            var text = Convert.ToBase64String(body.Span);
            return db.WriteAsync(async tx =>
            {
                var added = await tx.ExecuteAsync(
                    """
                    INSERT INTO queue_messages (queue, body, visible_at, pop_receipt, dequeue_count, inserted_at)
                    SELECT name, @text, @visible, '', 0, @now FROM queues WHERE name = @name
                    """,
                    new
                    {
                        name,
                        text,
                        visible = tx.Now + visibilityDelay,
                    }
                );
                if (added == 0)
                    throw Absent();
            });
        }

        public Task<IReadOnlyList<QueueMessage>> ReceiveAsync(
            int max,
            TimeSpan visibilityTimeout,
            CancellationToken ct = default
        )
        {
            var receipt = randomness.NewGuid().ToString("N");
            return db.WriteAsync<IReadOnlyList<QueueMessage>>(async tx =>
            {
                if (await tx.ScalarAsync<string?>("SELECT name FROM queues WHERE name = @name", new { name }) is null)
                    throw Absent();
                var rows = await tx.ListAsync<MessageRow>(
                    """
                    UPDATE queue_messages SET visible_at = @until, pop_receipt = @receipt, dequeue_count = dequeue_count + 1
                    WHERE seq IN (SELECT seq FROM queue_messages WHERE queue = @name AND visible_at <= @now
                                  ORDER BY visible_at, seq LIMIT @max)
                    RETURNING seq, body, pop_receipt, dequeue_count, inserted_at, visible_at
                    """,
                    new
                    {
                        name,
                        receipt,
                        max,
                        until = tx.Now + visibilityTimeout,
                    }
                );
                return [.. rows.OrderBy(r => r.Seq).Select(r => r.Message())];
            });
        }

        public Task<QueueMessage> RenewAsync(
            QueueMessage message,
            TimeSpan visibilityTimeout,
            CancellationToken ct = default
        )
        {
            var receipt = randomness.NewGuid().ToString("N");
            return db.WriteAsync(async tx =>
            {
                var changed = await tx.ExecuteAsync(
                    """
                    UPDATE queue_messages SET visible_at = @until, pop_receipt = @receipt
                    WHERE queue = @name AND seq = @seq AND pop_receipt = @PopReceipt
                    """,
                    new
                    {
                        name,
                        seq = SeqOf(message),
                        message.PopReceipt,
                        receipt,
                        until = tx.Now + visibilityTimeout,
                    }
                );
                return changed == 1
                    ? message with
                    {
                        PopReceipt = receipt,
                        NextVisibleOn = tx.Now + visibilityTimeout,
                    }
                    : throw await LostAsync(tx, message);
            });
        }

        public Task DeleteAsync(QueueMessage message, CancellationToken ct = default) =>
            db.WriteAsync(async tx =>
            {
                var deleted = await tx.ExecuteAsync(
                    "DELETE FROM queue_messages WHERE queue = @name AND seq = @seq AND pop_receipt = @PopReceipt",
                    new
                    {
                        name,
                        seq = SeqOf(message),
                        message.PopReceipt,
                    }
                );
                if (deleted == 0)
                    throw await LostAsync(tx, message);
            });

        private static long SeqOf(QueueMessage message) =>
            long.TryParse(message.MessageId, CultureInfo.InvariantCulture, out var seq) ? seq : -1;

        private async ValueTask<Fault> LostAsync(Tx tx, QueueMessage message) =>
            await tx.ScalarAsync<long?>(
                "SELECT seq FROM queue_messages WHERE queue = @name AND seq = @seq",
                new { name, seq = SeqOf(message) }
            )
                is null
                ? Fault.NotFound("The message is gone.", "MessageNotFound")
                : Fault.Conflict("Somebody else holds the message.", "PopReceiptMismatch");

        private Fault Absent() => Fault.NotFound($"There is no queue '{name}'.", "QueueNotFound");
    }

    private sealed record MessageRow
    {
        public long Seq { get; init; }
        public string Body { get; init; } = "";
        public string PopReceipt { get; init; } = "";
        public long DequeueCount { get; init; }
        public DateTimeOffset InsertedAt { get; init; }
        public DateTimeOffset VisibleAt { get; init; }

        public QueueMessage Message() =>
            new(
                Seq.ToString(CultureInfo.InvariantCulture),
                PopReceipt,
                Convert.FromBase64String(Body),
                DequeueCount,
                InsertedAt,
                VisibleAt
            );
    }
}
