using System.Globalization;
using Pipeline.Data;
using Pipeline.Runtime.Storage;

namespace Pipeline.Runtime.Agents;

/// <summary>Queues in the cloud's own database, with the semantics of Azure Queue Storage; agents pull them by HTTP.</summary>
public sealed class DatabaseQueues(Database db, Randomness randomness) : IQueues
{
    public IQueue Open(string name) => new DatabaseQueue(StorageName.Queue(name), db, randomness);

    private sealed class DatabaseQueue(string name, Database db, Randomness randomness) : IQueue
    {
        public string Name => name;

        public Task CreateAsync(CancellationToken ct = default) =>
            WriteAsync(
                tx =>
                    tx.ExecuteAsync(
                        "INSERT INTO queues (name) VALUES (@name) ON CONFLICT (name) DO NOTHING",
                        new { name }
                    ),
                ct
            );

        public Task RemoveAsync(CancellationToken ct = default) =>
            WriteAsync(
                async tx =>
                {
                    await tx.ExecuteAsync("DELETE FROM queue_messages WHERE queue = @name", new { name });
                    return await tx.ExecuteAsync("DELETE FROM queues WHERE name = @name", new { name });
                },
                ct
            );

        public Task SendAsync(
            ReadOnlyMemory<byte> body,
            TimeSpan visibilityDelay = default,
            CancellationToken ct = default
        )
        {
            var text = Convert.ToBase64String(QueueLimits.Body(body).Span);
            var delay = QueueLimits.Delay(visibilityDelay);
            return WriteAsync(
                async tx =>
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
                            visible = tx.Now.AddSeconds(delay),
                        }
                    );
                    return added == 1 ? true : throw Absent();
                },
                ct
            );
        }

        public Task<IReadOnlyList<QueueMessage>> ReceiveAsync(
            int max,
            TimeSpan visibilityTimeout,
            CancellationToken ct = default
        )
        {
            var (batch, hold) = (QueueLimits.Batch(max), QueueLimits.Hold(visibilityTimeout));
            var receipt = randomness.NewGuid().ToString("N");
            return WriteAsync<IReadOnlyList<QueueMessage>>(
                async tx =>
                {
                    await RequireAsync(tx);
                    var rows = await tx.ListAsync<MessageRow>(
                        """
                        WITH due AS (
                            SELECT seq FROM queue_messages WHERE queue = @name AND visible_at <= @now
                            ORDER BY visible_at, seq LIMIT @batch FOR UPDATE SKIP LOCKED
                        )
                        UPDATE queue_messages SET visible_at = @until, pop_receipt = @receipt, dequeue_count = dequeue_count + 1
                        WHERE seq IN (SELECT seq FROM due)
                        RETURNING seq, body, pop_receipt, dequeue_count, inserted_at, visible_at
                        """,
                        new
                        {
                            name,
                            receipt,
                            batch,
                            until = tx.Now.AddSeconds(hold),
                        }
                    );
                    return [.. rows.OrderBy(r => r.Seq).Select(r => r.Message())];
                },
                ct
            );
        }

        public Task<QueueMessage> RenewAsync(
            QueueMessage message,
            TimeSpan visibilityTimeout,
            CancellationToken ct = default
        )
        {
            var (delay, receipt) = (QueueLimits.Delay(visibilityTimeout), randomness.NewGuid().ToString("N"));
            return WriteAsync(
                async tx =>
                {
                    var until = tx.Now.AddSeconds(delay);
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
                            until,
                        }
                    );
                    return changed == 1
                        ? message with
                        {
                            PopReceipt = receipt,
                            NextVisibleOn = until,
                        }
                        : throw await LostAsync(tx, message);
                },
                ct
            );
        }

        public Task DeleteAsync(QueueMessage message, CancellationToken ct = default) =>
            WriteAsync(
                async tx =>
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
                    return deleted == 1 ? true : throw await LostAsync(tx, message);
                },
                ct
            );

        private static long SeqOf(QueueMessage message) =>
            long.TryParse(message.MessageId, CultureInfo.InvariantCulture, out var seq) ? seq : -1;

        /// <summary>A call cancelled before it began does nothing; a transaction that has begun is awaited.</summary>
        private Task<T> WriteAsync<T>(Func<Tx, ValueTask<T>> decide, CancellationToken ct) =>
            ct.IsCancellationRequested ? Task.FromCanceled<T>(ct) : db.WriteAsync(decide);

        private async ValueTask RequireAsync(Tx tx)
        {
            if (await tx.ScalarAsync<string?>("SELECT name FROM queues WHERE name = @name", new { name }) is null)
                throw Absent();
        }

        private async ValueTask<Fault> LostAsync(Tx tx, QueueMessage message)
        {
            await RequireAsync(tx);
            return
                await tx.ScalarAsync<long?>(
                    "SELECT seq FROM queue_messages WHERE queue = @name AND seq = @seq",
                    new { name, seq = SeqOf(message) }
                )
                    is null
                ? Fault.NotFound("The message is gone.", "MessageNotFound")
                : Fault.Conflict("Somebody else holds the message.", "PopReceiptMismatch");
        }

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
