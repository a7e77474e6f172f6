using Pipeline.Contracts;

namespace Pipeline.Durable.Replay;

/// <summary>An action the code took in this replay: a step, a timer, a cancel. It completes when its news comes.</summary>
internal sealed class PendingAction(int taskId, HistoryEvent recorded, object? asked)
{
    // No RunContinuationsAsynchronously: continuations go to the episode's context, which the replay pumps.
    private readonly TaskCompletionSource<string> completion = new();

    public int TaskId => taskId;

    /// <summary>The event that stands, or will stand, in history for it.</summary>
    public HistoryEvent Event => recorded;

    /// <summary>Null for what is no step.</summary>
    public ScheduledStep? Step => asked as ScheduledStep;

    /// <summary>Null for what is no orchestration.</summary>
    public ScheduledChild? Child => asked as ScheduledChild;

    /// <summary>The fence under which it was taken.</summary>
    public long Epoch { get; set; }

    /// <summary>True once history is known to hold it.</summary>
    public bool Matched { get; set; }

    /// <summary>True once the code wants it no more.</summary>
    public bool CancelRequested { get; set; }

    public Task<string> Completion => completion.Task;

    public bool IsOpen => !completion.Task.IsCompleted;

    public void Cancel() => completion.TrySetCanceled();

    public void Complete(string result) => completion.TrySetResult(result);

    public void Fail(FaultDetails fault)
    {
        completion.TrySetException(Fault.From(fault));
        // An abandoned sibling's fault is looked at by the saga or by nobody; it is not a lost exception.
        _ = completion.Task.Exception;
    }
}

/// <summary>A step as the code asked for it: its record, and how it is to be tried.</summary>
internal sealed record ScheduledStep(object Step, TaskOptions Options);

/// <summary>An orchestration as the code called it: its input, and how it is to be run.</summary>
internal sealed record ScheduledChild(object Order, string? Resource, SubOrchestrationOptions Options);

/// <summary>The code would not repeat what history says it did.</summary>
internal sealed class MismatchException(
    int seq,
    string recorded,
    string replayed,
    string reason = "the code no longer repeats this instance's history"
) : Exception($"history has {recorded}, the code now takes {replayed}")
{
    public Blocked Blocked => new(seq, recorded, replayed, reason);
}
