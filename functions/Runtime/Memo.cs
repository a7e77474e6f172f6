using System.Collections.Concurrent;

namespace Pipeline.Runtime;

/// <summary>Remembers what a pure function gave for its last arguments; it forgets all when it holds too many.</summary>
public sealed class Memo<TKey, TValue>(int most)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, TValue> known = new();
    private int count;

    public TValue Of(TKey key, Func<TKey, TValue> compute)
    {
        if (known.TryGetValue(key, out var value))
            return value;
        if (Interlocked.Increment(ref count) > most)
        {
            known.Clear();
            count = 0;
        }
        return known[key] = compute(key);
    }
}
