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
    public static RewindPlan Of(IReadOnlyList<HistoryEvent> history, string status, bool undoesItself)
    {
        // A run that undid itself has nothing left to go on from.
        if (undoesItself && status == InstanceStatus.Failed)
            return new(0, [], []);
        var done = status == InstanceStatus.Failed ? LastTurn(history) : history.Count;
        var kept = 0;
        for (var seq = 0; seq < done; seq++)
            if (history[seq].IsAction)
                kept = seq + 1;
        var rest = history.Skip(kept).ToList();
        var mail = rest.Where(h => h.Kind == HistoryKind.EventRaised).ToList();
        var news = rest.Where(h => h.Kind is HistoryKind.TaskCompleted or HistoryKind.TimerFired).ToList();
        return new(kept, kept == 0 ? [] : news, mail);
    }

    /// <summary>How often the fence was raised in what is kept.</summary>
    public int Raises(IReadOnlyList<HistoryEvent> history) =>
        history.Take(Kept).Count(h => h.Kind == HistoryKind.EpochRaised);

    /// <summary>What the last turn of a failed run asked for was not carried out.</summary>
    private static int LastTurn(IReadOnlyList<HistoryEvent> history)
    {
        for (var seq = history.Count - 1; seq >= 0; seq--)
            if (history[seq].Kind == HistoryKind.OrchestratorStarted)
                return seq;
        return 0;
    }
}
