using Microsoft.Extensions.Logging;

namespace Pipeline.Durable.Hub;

/// <summary>Says which orchestration missed its deadline, and what it was at: once, in the turn that heard of it.</summary>
internal static class MissedDeadlines
{
    public static void Log(ILogger logger, Turn turn, IReadOnlyList<HistoryEvent> more)
    {
        if (turn.Inbox.All(i => i.Kind != nameof(HistoryKind.DeadlineReached)))
            return;
        logger.LogWarning(
            "{Orchestration} {Instance} missed its deadline of {Deadline:O} at {Step}",
            turn.Instance.Name,
            turn.Instance.Id,
            turn.Instance.DeadlineAt,
            StepOf(turn, more)
        );
    }

    /// <summary>What had been asked for and not answered when the deadline came.</summary>
    private static string StepOf(Turn turn, IReadOnlyList<HistoryEvent> more)
    {
        var open = new SortedDictionary<int, string>();
        foreach (var item in turn.History.Concat(more.TakeWhile(e => e.Kind != HistoryKind.DeadlineReached)))
            if (Asked(item) is { } step)
                open[item.TaskId] = step;
            else if (!item.IsAction && item.TaskId >= 0)
                open.Remove(item.TaskId);
            else if (item.Kind is HistoryKind.TimerCancelled or HistoryKind.LockReleased)
                open.Remove(int.Parse(item.Data!));
        List<string> all = [.. open.Values];
        if (turn.Instance.Waits is { } events)
            all.Add($"a wait for {events}");
        return all.Count == 0 ? "its beginning" : string.Join(", ", all);
    }

    private static string? Asked(HistoryEvent item) =>
        item.Kind switch
        {
            HistoryKind.TaskScheduled or HistoryKind.SubOrchestrationInstanceCreated => item.Name,
            HistoryKind.TimerCreated => "a timer",
            HistoryKind.LockRequested => "a lock",
            _ => null,
        };
}
