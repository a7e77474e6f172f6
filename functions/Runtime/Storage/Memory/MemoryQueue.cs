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

    public Task CreateAsync(CancellationToken ct = default) => Answer(_ => exists = true, ct, anyway: true);

    public Task RemoveAsync(CancellationToken ct = default) => Answer(_ => Remove(), ct, anyway: true);

    public Task SendAsync(
        ReadOnlyMemory<byte> body,
        TimeSpan visibilityDelay = default,
        CancellationToken ct = default
    ) => Answer(now => Send(now, body, visibilityDelay), ct);

    public Task<IReadOnlyList<QueueMessage>> ReceiveAsync(
        int max,
        TimeSpan visibilityTimeout,
        CancellationToken ct = default
    ) => Answer(now => Receive(now, max, visibilityTimeout), ct);

    public Task<QueueMessage> RenewAsync(
        QueueMessage message,
        TimeSpan visibilityTimeout,
        CancellationToken ct = default
    ) => Answer(now => Hide(Held(message), now.AddSeconds(QueueLimits.Delay(visibilityTimeout)), taken: 0), ct);

    public Task DeleteAsync(QueueMessage message, CancellationToken ct = default) =>
        Answer(_ => Delete(Held(message)), ct);

    /// <summary>Faults travel in the task, as they do from a real service.</summary>
    private Task<T> Answer<T>(Func<DateTimeOffset, T> act, CancellationToken ct, bool anyway = false)
    {
        if (ct.IsCancellationRequested)
            return Task.FromCanceled<T>(ct);
        try
        {
            lock (gate)
                return exists || anyway
                    ? Task.FromResult(act(time.GetUtcNow()))
                    : throw Fault.NotFound($"queue {name}: not there.", "QueueNotFound");
        }
        catch (Fault fault)
        {
            return Task.FromException<T>(fault);
        }
    }

    private bool Remove()
    {
        byId.Clear();
        byTurn.Clear();
        return exists = false;
    }

    private QueueMessage Send(DateTimeOffset now, ReadOnlyMemory<byte> body, TimeSpan delay)
    {
        var content = QueueLimits.Body(body).ToArray(); // the sender may use its buffer again
        var visible = now.AddSeconds(QueueLimits.Delay(delay));
        return Put(new Entry(new QueueMessage(NewId(), NewId(), content, DequeueCount: 0, now, visible), sent++));
    }

    private IReadOnlyList<QueueMessage> Receive(DateTimeOffset now, int max, TimeSpan timeout)
    {
        var hidden = now.AddSeconds(QueueLimits.Hold(timeout));
        var due = byTurn.TakeWhile(entry => entry.Message.NextVisibleOn <= now).Take(QueueLimits.Batch(max)).ToArray();
        return [.. due.Select(entry => Hide(entry, hidden, taken: 1))];
    }

    private bool Delete(Entry entry) => byTurn.Remove(entry) && byId.Remove(entry.Message.MessageId);

    private QueueMessage Hide(Entry entry, DateTimeOffset until, int taken)
    {
        var old = entry.Message;
        byTurn.Remove(entry);
        var count = old.DequeueCount + taken;
        return Put(
            entry with
            {
                Message = old with { PopReceipt = NewId(), NextVisibleOn = until, DequeueCount = count },
            }
        );
    }

    private Entry Held(QueueMessage message)
    {
        if (!byId.TryGetValue(message.MessageId, out var entry))
            throw Fault.NotFound($"queue {name}: the message is gone.", "MessageNotFound");
        return entry.Message.PopReceipt == message.PopReceipt
            ? entry
            : throw Fault.Conflict($"queue {name}: the message has another holder.", "PopReceiptMismatch");
    }

    private QueueMessage Put(Entry entry)
    {
        byId[entry.Message.MessageId] = entry;
        byTurn.Add(entry);
        return entry.Message;
    }

    private string NewId() => newGuid().ToString();

    private sealed record Entry(QueueMessage Message, long Order)
    {
        public (DateTimeOffset, long) Turn => (Message.NextVisibleOn, Order);
    }
}
