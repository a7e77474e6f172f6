using System.Threading.Channels;

namespace Pipeline.Durable.Hub;

/// <summary>Keys to work on: each at most once at a time, and once more when it was named meanwhile.</summary>
internal sealed class WorkSet<TKey>
    where TKey : notnull
{
    private readonly Lock gate = new();
    private readonly Dictionary<TKey, bool> state = []; // true: named again while under way
    private readonly Channel<TKey> ready = Channel.CreateUnbounded<TKey>();

    public void Add(TKey key)
    {
        lock (gate)
        {
            if (!state.TryAdd(key, false))
            {
                state[key] = true;
                return;
            }
        }
        ready.Writer.TryWrite(key);
    }

    /// <summary>The next key; null when stopped.</summary>
    public async ValueTask<Taken?> TakeAsync(CancellationToken ct)
    {
        try
        {
            var key = await ready.Reader.ReadAsync(ct);
            lock (gate)
                state[key] = false;
            return new(key);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    public void Done(TKey key)
    {
        bool again;
        lock (gate)
        {
            again = state[key];
            if (!again)
                state.Remove(key);
        }
        if (again)
            ready.Writer.TryWrite(key);
    }

    public sealed record Taken(TKey Key);
}
