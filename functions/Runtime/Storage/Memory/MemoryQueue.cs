using Pipeline.Contracts;

namespace Pipeline.Runtime.Storage;

internal sealed class MemoryQueue(string name, TimeProvider time, Func<Guid> newGuid) : IQueue
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Entry> byId = [];
    private readonly SortedSet<Entry> byTurn = new(Comparer<Entry>.Create((a, b) => a.Turn.CompareTo(b.Turn)));
    private bool exists;
    private long sent;

    public string Name => name;

    public Task CreateAsync(CancellationToken ct = default)
    {
        lock (gate)
            exists = true;
        return Task.CompletedTask;
    }

    public Task RemoveAsync(CancellationToken ct = default)
    {
        lock (gate)
        {
            exists = false;
            byId.Clear();
            byTurn.Clear();
        }
        return Task.CompletedTask;
    }

    public Task SendAsync(
        ReadOnlyMemory<byte> body,
        TimeSpan visibilityDelay = default,
        CancellationToken ct = default
    ) =>
        Answer(
            ct,
            now =>
            {
                var content = QueueLimits.Body(body).ToArray();
                var visible = now.AddSeconds(QueueLimits.Delay(visibilityDelay));
                Put(new Entry(new QueueMessage(NewId(), NewId(), content, DequeueCount: 0, now, visible), sent++));
                return true;
            }
        );

    public Task<IReadOnlyList<QueueMessage>> ReceiveAsync(
        int max,
        TimeSpan visibilityTimeout,
        CancellationToken ct = default
    ) =>
        Answer<IReadOnlyList<QueueMessage>>(
            ct,
            now =>
            {
                var hidden = now.AddSeconds(QueueLimits.Hold(visibilityTimeout));
                var due = byTurn.TakeWhile(entry => entry.Message.NextVisibleOn <= now).Take(QueueLimits.Batch(max));
                return [.. due.ToArray().Select(entry => Hide(entry, hidden, taken: 1))];
            }
        );

    public Task<QueueMessage> RenewAsync(
        QueueMessage message,
        TimeSpan visibilityTimeout,
        CancellationToken ct = default
    ) => Answer(ct, now => Hide(Held(message), now.AddSeconds(QueueLimits.Delay(visibilityTimeout)), taken: 0));

    public Task DeleteAsync(QueueMessage message, CancellationToken ct = default) =>
        Answer(
            ct,
            _ =>
            {
                var entry = Held(message);
                byTurn.Remove(entry);
                return byId.Remove(entry.Message.MessageId);
            }
        );

    /// <summary>Faults travel in the task, as they do from a real service.</summary>
    private Task<T> Answer<T>(CancellationToken ct, Func<DateTimeOffset, T> act)
    {
        if (ct.IsCancellationRequested)
            return Task.FromCanceled<T>(ct);
        try
        {
            lock (gate)
                return exists
                    ? Task.FromResult(act(time.GetUtcNow()))
                    : throw Fault.NotFound($"queue {name}: not there.", "QueueNotFound");
        }
        catch (Fault fault)
        {
            return Task.FromException<T>(fault);
        }
    }

    private QueueMessage Hide(Entry entry, DateTimeOffset until, int taken)
    {
        var old = entry.Message;
        var hidden = old with { PopReceipt = NewId(), NextVisibleOn = until, DequeueCount = old.DequeueCount + taken };
        byTurn.Remove(entry);
        Put(entry with { Message = hidden });
        return hidden;
    }

    private Entry Held(QueueMessage message)
    {
        if (!byId.TryGetValue(message.MessageId, out var entry))
            throw Fault.NotFound($"queue {name}: the message is gone.", "MessageNotFound");
        return entry.Message.PopReceipt == message.PopReceipt
            ? entry
            : throw Fault.Conflict($"queue {name}: the message has another holder.", "PopReceiptMismatch");
    }

    private void Put(Entry entry)
    {
        byId[entry.Message.MessageId] = entry;
        byTurn.Add(entry);
    }

    private string NewId() => newGuid().ToString();

    private sealed record Entry(QueueMessage Message, long Order)
    {
        public (DateTimeOffset, long) Turn => (Message.NextVisibleOn, Order);
    }
}
