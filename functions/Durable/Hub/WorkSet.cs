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

    /// <summary>The next keys, as many as there are; none when stopped. Whoever takes a key calls <see cref="Done"/>.</summary>
    public async ValueTask<IReadOnlyList<TKey>> TakeAsync(int most, CancellationToken ct)
    {
        try
        {
            var keys = new List<TKey> { await ready.Reader.ReadAsync(ct) };
            while (keys.Count < most && ready.Reader.TryRead(out var next))
                keys.Add(next);
            lock (gate)
                keys.ForEach(key => stages[key] = Stage.UnderWay);
            return keys;
        }
        catch (OperationCanceledException)
        {
            return [];
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
}
