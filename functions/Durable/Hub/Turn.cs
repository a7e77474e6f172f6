namespace Pipeline.Durable.Hub;

/// <summary>What one turn of an instance starts from: one snapshot.</summary>
/// <param name="Inbox">News that is due, oldest first.</param>
/// <param name="Mail">External events nobody took yet, oldest first.</param>
internal sealed record Turn(
    InstanceRow Instance,
    IReadOnlyList<HistoryEvent> History,
    IReadOnlyList<InboxRow> Inbox,
    IReadOnlyList<MailRow> Mail
)
{
    /// <summary>What its rows refer to, by hash.</summary>
    public IReadOnlyDictionary<string, string> Payloads { get; init; } = new Dictionary<string, string>();

    /// <summary>The JSON itself of what a row holds.</summary>
    public string? Text(string? stored) =>
        Payload.HashOf(stored) is not { } hash ? stored
        : Payloads.TryGetValue(hash, out var data) ? data
        : throw new InvalidOperationException($"payload {hash} is gone");

    /// <summary>The data of mail that is taken.</summary>
    public IEnumerable<string> Taken(IReadOnlyCollection<long> seqs) =>
        seqs.Count == 0 ? [] : Mail.Where(m => seqs.Contains(m.Seq)).Select(m => m.Data);

    /// <summary>Whether it has called other orchestrations in its present generation.</summary>
    public bool HasCalled(IEnumerable<HistoryEvent> more) =>
        History.Concat(more).Any(h => h.Kind == HistoryKind.SubOrchestrationInstanceCreated);

    /// <summary>Whether it has asked for locks in its present generation.</summary>
    public bool HasLocked(IEnumerable<HistoryEvent> more) =>
        History.Concat(more).Any(h => h.Kind == HistoryKind.LockRequested);

    /// <summary>Whether a step of its present generation may have no result yet.</summary>
    public bool HasOpenSteps(IEnumerable<HistoryEvent> more)
    {
        var open = new HashSet<int>();
        foreach (var item in History.Concat(more))
            if (item.Kind == HistoryKind.TaskScheduled)
                open.Add(item.TaskId);
            else if (item.Kind is HistoryKind.TaskCompleted or HistoryKind.TaskFailed)
                open.Remove(item.TaskId);
        return open.Count > 0;
    }

    /// <summary>False while the instance waits for its resource: what is sent to it waits with it.</summary>
    public bool HasBegun =>
        History.Any(h => h.Kind == HistoryKind.ExecutionStarted)
        || Inbox.Any(i => i.Kind == nameof(HistoryKind.ExecutionStarted));
}

/// <summary>What one turn changes on its instance's row.</summary>
internal sealed record EpisodeWrite(
    int NextSeq,
    string Status,
    string? Output,
    string? Fault,
    string? Blocked,
    string? CustomStatus
)
{
    /// <summary>What is left of the count of deaths: of a turn that was given up it stays.</summary>
    public int Starts { get; init; }

    /// <summary>Names of external events that it awaits from now on; null for none.</summary>
    public string? Waits { get; init; }

    public bool Ended => InstanceStatus.IsTerminal(Status);
}
