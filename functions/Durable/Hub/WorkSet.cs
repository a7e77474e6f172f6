using System.Threading.Channels;

namespace Pipeline.Durable.Hub;

/// <summary>Keys to work on: each at most once at a time, and once more when it was named while it was worked on.</summary>
internal sealed class WorkSet<TKey>
    where TKey : notnull
{
    private enum Stage
    {
        Waiting,
        UnderWay,
        UnderWayAndNamedAgain,
    }

    private readonly Lock gate = new();
    private readonly Dictionary<TKey, Stage> stages = [];
    private readonly Channel<TKey> ready = Channel.CreateUnbounded<TKey>();

    public void Add(TKey key)
    {
        lock (gate)
        {
            if (!stages.TryAdd(key, Stage.Waiting))
            {
                // Who waits has not looked yet; who is under way may have looked already.
                if (stages[key] == Stage.UnderWay)
                    stages[key] = Stage.UnderWayAndNamedAgain;
                return;
            }
        }
        ready.Writer.TryWrite(key);
    }

    /// <summary>The next key; null when stopped. Whoever takes a key calls <see cref="Done"/>.</summary>
    public async ValueTask<Taken?> TakeAsync(CancellationToken ct)
    {
        try
        {
            var key = await ready.Reader.ReadAsync(ct);
            lock (gate)
                stages[key] = Stage.UnderWay;
            return new(key);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    public void Done(TKey key)
    {
        lock (gate)
        {
            if (stages[key] == Stage.UnderWay)
            {
                stages.Remove(key);
                return;
            }
            stages[key] = Stage.Waiting;
        }
        ready.Writer.TryWrite(key);
    }

    public sealed record Taken(TKey Key);
}
