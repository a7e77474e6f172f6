namespace Pipeline.Durable;

/// <summary>The kinds of history events; their names stand in the database.</summary>
internal enum HistoryKind
{
    ExecutionStarted,
    OrchestratorStarted,
    TaskScheduled,
    TaskCancelRequested,
    TaskCompleted,
    TaskFailed,
    TimerCreated,
    TimerCancelled,
    TimerFired,
    EventRaised,
    CancelRequested,
    DeadlineReached,
    EpochRaised,
    SubOrchestrationInstanceCreated,
    SubOrchestrationInstanceCompleted,
    SubOrchestrationInstanceFailed,
    SubOrchestrationCancelRequested,
    PatchMarked,
    LockRequested,
    LockGranted,
    LockReleased,
    ExecutionCompleted,
    ExecutionTerminated,
    ExecutionSuspended,
    ExecutionResumed,
    ExecutionRewound,
}

/// <param name="TaskId">The action's number within its generation; -1 where there is none.</param>
/// <param name="Data">Input, result, fault, due time or event data, as JSON.</param>
/// <param name="Hash">Of an action's name and input: what a replay must meet again.</param>
internal sealed record HistoryEvent(
    HistoryKind Kind,
    int TaskId,
    string? Name,
    string? Data,
    string? Hash,
    DateTimeOffset At
)
{
    /// <summary>An action the orchestrator took, as opposed to news it got.</summary>
    public bool IsAction =>
        Kind
            is HistoryKind.TaskScheduled
                or HistoryKind.TimerCreated
                or HistoryKind.TimerCancelled
                or HistoryKind.TaskCancelRequested
                or HistoryKind.EpochRaised
                or HistoryKind.SubOrchestrationInstanceCreated
                or HistoryKind.SubOrchestrationCancelRequested
                or HistoryKind.LockRequested
                or HistoryKind.LockReleased;

    public override string ToString() => Name is null ? $"{Kind} #{TaskId}" : $"{Kind} #{TaskId} {Name}";
}

/// <summary>Why an instance is parked: the first event its code would not repeat, both sides named. Never terminal.</summary>
/// <param name="Seq">The event's place in the history; -1 when no single event is to blame.</param>
public sealed record Blocked(int Seq, string Recorded, string Replayed, string Reason);
