using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>Rows as they are shown: with the data itself where they hold a reference.</summary>
internal static class PayloadTexts
{
    /// <param name="most">So many bytes of history at most, from its beginning; what is beyond stays a reference.</param>
    public static async ValueTask<(InstanceRow Row, IReadOnlyList<HistoryEvent> History)> ReadAsync(
        Tx tx,
        InstanceRow row,
        IReadOnlyList<HistoryEvent> history,
        long most = long.MaxValue
    )
    {
        HashSet<string> wanted = [];
        foreach (var text in new[] { row.Input, row.Output, row.CustomStatus })
            if (Payload.HashOf(text) is { } hash)
                wanted.Add(hash);
        foreach (var item in history)
            if (
                Payload.HashOf(item.Data) is { } hash
                && !wanted.Contains(hash)
                && (most -= Payload.BytesOf(item.Data!)) >= 0
            )
                wanted.Add(hash);
        if (wanted.Count == 0)
            return (row, history);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        await tx.ReadPayloadsAsync(row.Id, wanted, texts.Add);
        var whole = row with
        {
            Input = Text(row.Input)!,
            Output = Text(row.Output),
            CustomStatus = Text(row.CustomStatus),
        };
        return (whole, [.. history.Select(h => Payload.HashOf(h.Data) is null ? h : h with { Data = Text(h.Data) })]);

        string? Text(string? stored) =>
            Payload.HashOf(stored) is { } hash && texts.TryGetValue(hash, out var data) ? data : stored;
    }
}
