using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>What the turns of one transaction leave on their instances' rows, in their histories and inboxes: told to the store at once.</summary>
internal sealed class TurnWrites
{
    private readonly List<NewHistory> history = [];
    private readonly List<long> read = [];
    private readonly List<long> taken = [];
    private readonly List<(InstanceRow Row, EpisodeWrite Write)> rows = [];

    public void Add(Turn turn, EpisodeWrite write, IReadOnlyList<HistoryEvent> events, IEnumerable<long> mail)
    {
        history.AddRange(events.Select((item, i) => new NewHistory(turn.Instance, turn.History.Count + i, item)));
        read.AddRange(turn.Inbox.Select(i => i.Seq));
        taken.AddRange(mail);
        rows.Add((turn.Instance, write));
    }

    public void SendTo(Tx tx)
    {
        foreach (var (row, write) in rows)
            tx.Advance(row, write);
        tx.AddHistory(history);
        tx.DeleteInbox(read);
        tx.TakeMail(taken);
    }
}
