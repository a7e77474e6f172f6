using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>Reads what turns start from, several in one snapshot; of a history only what is not known yet.</summary>
internal sealed class TurnLoader(HistoryCache histories)
{
    private readonly PayloadCache payloads = new();

    /// <summary>Where several instances have more news than this together, each is read alone.</summary>
    private const int NewsAtOnce = 2 * HubStore.InboxBatch;

    /// <summary>Those of the instances that are there, and the turns of those that may take one.</summary>
    public async ValueTask<IReadOnlyList<(InstanceRow Row, Turn? Turn)>> LoadAsync(
        Tx tx,
        IReadOnlyCollection<string> ids,
        Func<InstanceRow, bool> mayRun
    )
    {
        var limit = ids.Count == 1 ? HubStore.InboxBatch : NewsAtOnce;
        var asked = (Rows: tx.AskInstances(ids), Inbox: tx.AskInbox(ids, limit), Mail: tx.AskMail(ids));
        var rows = await asked.Rows.RowsAsync();
        var news = await asked.Inbox.RowsAsync();
        if (ids.Count > 1 && news.Count == limit)
            return await OneByOneAsync(tx, ids, mayRun);
        var (inbox, mail) = (
            news.ToLookup(n => n.InstanceId),
            (await asked.Mail.RowsAsync()).ToLookup(m => m.InstanceId)
        );
        var loaded = new List<(InstanceRow, Turn?)>();
        foreach (var row in rows)
            loaded.Add((row, mayRun(row) ? await TurnAsync(tx, row, [.. inbox[row.Id]], [.. mail[row.Id]]) : null));
        return loaded;
    }

    private async ValueTask<IReadOnlyList<(InstanceRow, Turn?)>> OneByOneAsync(
        Tx tx,
        IReadOnlyCollection<string> ids,
        Func<InstanceRow, bool> mayRun
    )
    {
        var loaded = new List<(InstanceRow, Turn?)>();
        foreach (var id in ids)
            loaded.AddRange(await LoadAsync(tx, [id], mayRun));
        return loaded;
    }

    private async ValueTask<Turn> TurnAsync(
        Tx tx,
        InstanceRow row,
        IReadOnlyList<InboxRow> inbox,
        IReadOnlyList<MailRow> mail
    )
    {
        var turn = new Turn(row, await HistoryAsync(tx, row), inbox, mail);
        return turn with { Payloads = await payloads.ReadAsync(tx, turn) };
    }

    private async ValueTask<IReadOnlyList<HistoryEvent>> HistoryAsync(Tx tx, InstanceRow row)
    {
        var known = histories.Find(row);
        if (known.Count == row.NextSeq)
            return known;
        var rest = await tx.ListHistoryAsync(row, known.Count);
        return rest.Count == 0 ? known : [.. known, .. rest.Select(h => h.Event)];
    }
}
