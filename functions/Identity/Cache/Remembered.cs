using System.Collections.Concurrent;

namespace Pipeline.Identity.Cache;

/// <summary>A bounded map that readers share without a lock; full, it begins again.</summary>
internal sealed class Remembered<TKey, TValue>(int most)
    where TKey : notnull
    where TValue : class
{
    private readonly ConcurrentDictionary<TKey, TValue> values = new();

    public TValue? Find(TKey key) => values.GetValueOrDefault(key);

    public void Put(TKey key, TValue value)
    {
        if (values.Count >= most)
            values.Clear();
        values[key] = value;
    }

    public void Drop(TKey key) => values.TryRemove(key, out _);

    public void Clear() => values.Clear();
}
