using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>
/// What turns read of payloads: a history is kept with references alone, and of the data so many bytes as were used last. A
/// hash never means two things, so nothing kept is ever stale.
/// </summary>
internal sealed class PayloadCache(long most = 64 * 1024 * 1024)
{
    private static readonly Dictionary<string, string> None = [];
    private readonly Dictionary<string, LinkedListNode<(string Hash, string Data)>> known = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Hash, string Data)> latest = new();
    private readonly Lock gate = new();
    private long bytes;

    /// <summary>All that a replay of this turn gives to the code; what the code asked for is compared by its hash.</summary>
    public async ValueTask<IReadOnlyDictionary<string, string>> ReadAsync(Tx tx, Turn turn)
    {
        var needed = Needed(turn);
        if (needed.Count == 0)
            return None;
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var hash in needed)
            if (Find(hash) is { } data)
                texts[hash] = data;
        await tx.ReadPayloadsAsync(turn.Instance.Id, needed.Where(h => !texts.ContainsKey(h)).ToList(), texts.Add);
        foreach (var (hash, data) in texts)
            Keep(hash, data);
        return texts;
    }

    private static HashSet<string> Needed(Turn turn)
    {
        HashSet<string> needed = [];
        foreach (var item in turn.History)
            if (!item.IsAction && Payload.HashOf(item.Data) is { } hash)
                needed.Add(hash);
        foreach (var item in turn.Inbox)
            if (Payload.HashOf(item.Data) is { } hash)
                needed.Add(hash);
        foreach (var item in turn.Mail)
            if (Payload.HashOf(item.Data) is { } hash)
                needed.Add(hash);
        return needed;
    }

    private string? Find(string hash)
    {
        lock (gate)
            return known.TryGetValue(hash, out var node) ? node.Value.Data : null;
    }

    private void Keep(string hash, string data)
    {
        lock (gate)
        {
            if (known.Remove(hash, out var node))
                Forget(node);
            known[hash] = latest.AddFirst((hash, data));
            bytes += SizeOf(data);
            while (bytes > most && latest.Last is { } oldest)
            {
                known.Remove(oldest.Value.Hash);
                Forget(oldest);
            }
        }
    }

    private void Forget(LinkedListNode<(string Hash, string Data)> node)
    {
        latest.Remove(node);
        bytes -= SizeOf(node.Value.Data);
    }

    private static long SizeOf(string data) => data.Length * (long)sizeof(char);
}
