using Pipeline.Data;
using Pipeline.Durable.Replay;

namespace Pipeline.Durable.Hub;

/// <summary>
/// One stretch of a turn, made ready to be carried out: from its news to what the code then asks for. A turn has another one for
/// each step that it does in its own commit.
/// </summary>
internal sealed record Stretch(EpisodeResult Result, IReadOnlyList<Func<Tx, ValueTask>> Deeds, OwnStep? Step)
{
    /// <summary>False where others' rows are locked, a step is cancelled, or a generation ends: each has a turn of its own.</summary>
    public bool MayFollow => Result.Outcome?.NextInput is null && !Result.Actions.Any(GoesAlone);

    /// <exception cref="Contracts.Fault">Unavailable when a new step has no handler here.</exception>
    public static Stretch Of(EpisodeResult result, Deeds deeds, DurableRegistry registry)
    {
        if (result.Outcome is not null)
            return new(result, [], null);
        var step = OwnStepOf(result, deeds, registry);
        var others = result.Actions.Where(a => step is null || a.Step is null).OrderBy(IsOfLocks);
        return new(result, others.Select(deeds.Of).OfType<Func<Tx, ValueTask>>().ToList(), step);
    }

    private static OwnStep? OwnStepOf(EpisodeResult result, Deeds deeds, DurableRegistry registry)
    {
        if (result.Actions.Count(a => a.Step is not null) != 1 || result.Actions.Any(GoesAlone))
            return null;
        var action = result.Actions.First(a => a.Step is not null);
        return
            registry.FindHandler(action.Event.Name!) is { } handler
            && handler.ForItsTurn(action.Event.Data!) is { } prepared
            ? new(deeds.Task(action), handler, prepared)
            : null;
    }

    /// <summary>These come last, after all that locks rows: so no two commits wait for each other.</summary>
    private static bool IsOfLocks(PendingAction action) =>
        action.Event.Kind is HistoryKind.LockRequested or HistoryKind.LockReleased;

    /// <summary>Beside it no step is done in the turn's own transaction: it locks others' rows, or cancels the step.</summary>
    private static bool GoesAlone(PendingAction action) =>
        action.Event.Kind
            is HistoryKind.TaskCancelRequested
                or HistoryKind.SubOrchestrationInstanceCreated
                or HistoryKind.SubOrchestrationCancelRequested
        || IsOfLocks(action);
}

/// <summary>A step that a turn does in its own commit: the only one asked for, transactional, with nothing to prepare.</summary>
internal sealed record OwnStep(TaskRow Task, ActivityHandler Handler, object Prepared);
