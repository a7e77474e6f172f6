using Pipeline.Durable.Hub;

namespace Pipeline.Durable.Replay;

/// <summary>
/// What of an ended run's history a rewound one keeps: all up to its last action, so that the code repeats it. What came
/// after is given again as news, but for what made it fail. What was asked for and has no result then is done again.
/// </summary>
/// <param name="Kept">How many events of the history, from its beginning; 0 begins the whole again.</param>
/// <param name="News">Results and timers the run had after that, oldest first.</param>
/// <param name="Mail">External events it had after that.</param>
internal sealed record RewindPlan(int Kept, IReadOnlyList<HistoryEvent> News, IReadOnlyList<HistoryEvent> Mail)
{
    private HashSet<int> open = [];

    public static RewindPlan Of(IReadOnlyList<HistoryEvent> history, string status, bool undoesItself)
    {
        // A run that undid itself has nothing left to go on from.
        if (undoesItself && status == InstanceStatus.Failed)
            return new(0, [], []);
        var done = status == InstanceStatus.Failed ? TurnOf(history, history.Count - 1) : history.Count;
        // Its locks went with its end, and so what it did under them is done again, under new ones.
        var locked = history.Take(done).TakeWhile(h => h.Kind != HistoryKind.LockRequested).Count();
        if (locked < done)
            done = TurnOf(history, locked);
        var kept = 0;
        for (var seq = 0; seq < done; seq++)
            if (history[seq].IsAction)
                kept = seq + 1;
        var rest = history.Skip(kept).ToList();
        var mail = rest.Where(h => h.Kind == HistoryKind.EventRaised).ToList();
        var asked = history.Take(kept).Where(h => h.IsAction).Select(h => h.TaskId).ToHashSet();
        var news = rest.Where(h => IsResult(h.Kind) && asked.Contains(h.TaskId)).ToList();
        var known = history.Take(kept).Where(h => IsAnswer(h.Kind)).Concat(news).Select(h => h.TaskId).ToHashSet();
        return new(kept, kept == 0 ? [] : news, mail) { open = [.. asked.Except(known)] };
    }

    /// <summary>How often the fence was raised in what is kept.</summary>
    public int Raises(IReadOnlyList<HistoryEvent> history) =>
        history.Take(Kept).Count(h => h.Kind == HistoryKind.EpochRaised);

    /// <summary>Whether the call that started this one is kept, without an answer: the one that failed it is left out.</summary>
    public bool Open(InstanceRow child, int generation) =>
        child.Status is InstanceStatus.Failed or InstanceStatus.Terminated
        && child.ParentGeneration == generation
        && open.Contains(child.ParentTask!.Value);

    private static bool IsResult(HistoryKind kind) =>
        kind is HistoryKind.TaskCompleted or HistoryKind.TimerFired or HistoryKind.SubOrchestrationInstanceCompleted;

    private static bool IsAnswer(HistoryKind kind) =>
        IsResult(kind) || kind is HistoryKind.TaskFailed or HistoryKind.SubOrchestrationInstanceFailed;

    /// <summary>Where the turn of an event begins. What the last turn of a failed run asked for was not carried out.</summary>
    private static int TurnOf(IReadOnlyList<HistoryEvent> history, int seq)
    {
        while (seq > 0 && history[seq].Kind != HistoryKind.OrchestratorStarted)
            seq--;
        return Math.Max(seq, 0);
    }
}
