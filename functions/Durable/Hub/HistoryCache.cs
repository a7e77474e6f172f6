using System.Collections.Concurrent;

namespace Pipeline.Durable.Hub;

/// <summary>
/// Decoded histories of running instances, so that a turn reads only what is new. What is kept is always a prefix of what
/// is stored: histories only grow.
/// </summary>
internal sealed class HistoryCache
{
    private const int Instances = 2_000;
    private readonly ConcurrentDictionary<string, (int Generation, IReadOnlyList<HistoryEvent> Events)> known = new();

    /// <summary>What is known of the instance's present generation; empty when nothing is.</summary>
    public IReadOnlyList<HistoryEvent> Find(InstanceRow row) =>
        known.TryGetValue(row.Id, out var kept) && kept.Generation == row.Generation && kept.Events.Count <= row.NextSeq
            ? kept.Events
            : [];

    public void Keep(InstanceRow row, IReadOnlyList<HistoryEvent> events)
    {
        if (known.Count >= Instances)
            known.Clear();
        known[row.Id] = (row.Generation, events);
    }

    public void Forget(string instance) => known.TryRemove(instance, out _);
}
