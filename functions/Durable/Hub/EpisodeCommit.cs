using System.Diagnostics;
using Pipeline.Contracts;
using Pipeline.Data;
using Pipeline.Durable.Replay;

namespace Pipeline.Durable.Hub;

/// <summary>All that one turn writes, made ready before the transaction: history, tasks, timers, and the instance's row.</summary>
internal sealed class EpisodeCommit
{
    private readonly Turn turn;
    private readonly EngineParts parts;
    private readonly Activity? span;
    private readonly PayloadBatch payloads;
    private readonly IReadOnlyList<Func<Tx, ValueTask>> deeds;
    private readonly IReadOnlyList<long> taken;
    private readonly bool parked;
    private readonly bool asksForOneStep;
    private FaultDetails? ownStepsFault;

    private EpisodeCommit(
        Turn turn,
        EpisodeWrite write,
        EpisodeResult? result,
        Activity? span,
        PayloadBatch payloads,
        EngineParts parts
    )
    {
        this.turn = turn;
        this.payloads = payloads;
        this.span = span;
        this.parts = parts;
        Write = write;
        parked = result is null;
        Events = result is null ? [] : [.. result.Events.Select(payloads.Keep)];
        taken = result?.Taken ?? [];
        Generation = result?.Outcome?.NextInput is null ? null : new(turn, result, new(), parts);
        asksForOneStep = result?.Actions.Count(a => a.Step is not null) == 1 && !result.Actions.Any(GoesAlone);
        deeds =
            result is null || write.Ended || Generation is not null
                ? []
                : result.Actions.OrderBy(IsOfLocks).Select(Deed).OfType<Func<Tx, ValueTask>>().ToList();
    }

    public EpisodeWrite Write { get; }

    /// <summary>New history, in order.</summary>
    public IReadOnlyList<HistoryEvent> Events { get; }

    /// <summary>
    /// The step that this commit does itself: the only one the turn asks for, transactional, with nothing to prepare.
    /// It costs no transaction of its own. Null where there is none.
    /// </summary>
    public TaskRow? OwnStep { get; private set; }

    private string? GivenUp { get; init; }

    /// <summary>Where the instance continues as new; null where it does not.</summary>
    public NextGeneration? Generation { get; }

    private InstanceRow Instance => turn.Instance;

    /// <exception cref="Fault">Unavailable when a new step has no handler here.</exception>
    public static EpisodeCommit Of(Turn turn, EpisodeResult result, Activity? span, EngineParts parts)
    {
        var fault = result.Outcome?.Fault;
        var large = new PayloadBatch();
        var write = new EpisodeWrite(
            turn.History.Count + result.Events.Count,
            result.Outcome?.Status ?? InstanceStatus.Running,
            result.Outcome?.Output is { } output ? large.Keep(output) : null,
            fault is null ? null : parts.Json.Write(fault),
            null,
            large.KeepStatus(result.CustomStatus, turn.Instance.CustomStatus)
        )
        {
            Waits = result.Outcome is null ? result.Waits : null,
        };
        return new(turn, write, result, span, large, parts);
    }

    /// <summary>Shows why the instance cannot go on; its news stays where it is.</summary>
    /// <param name="givenUp">Why it stands among the dead letters; null where it does not.</param>
    public static EpisodeCommit Parked(Turn turn, string blocked, string? givenUp, EngineParts parts)
    {
        var row = turn.Instance;
        var write = new EpisodeWrite(row.NextSeq, InstanceStatus.Suspended, null, null, blocked, null)
        {
            Waits = row.Waits,
            Starts = givenUp is null ? 0 : row.Starts,
        };
        return new(turn, write, null, null, new(), parts) { GivenUp = givenUp };
    }

    /// <summary>The next run schedules the commit's own step as one that failed its first try.</summary>
    public void OwnStepFailed(FaultDetails fault) => ownStepsFault = fault;

    /// <returns>False when the instance moved on meanwhile, and nothing was written.</returns>
    public async ValueTask<bool> RunAsync(Tx tx)
    {
        var advanced = Generation is null ? await tx.AdvanceAsync(Instance, Write) : await Generation.RunAsync(tx);
        if (!advanced)
        {
            EngineSpans.EmitWith(tx, span, "the instance moved on meanwhile");
            return false;
        }
        if (parked)
        {
            await BuryAsync(tx);
            return true;
        }
        if (Instance.Blocked is not null)
            await tx.ForgetDeadLetterAsync(DeadLetterKind.Turn, Instance.Id);
        if (Generation is null)
            await WriteAsync(tx);
        WaitSpans.EmitWith(tx, turn, Events, span);
        EngineSpans.EmitWith(tx, span);
        return true;
    }

    private async ValueTask WriteAsync(Tx tx)
    {
        var seq = turn.History.Count;
        foreach (var item in Events)
            await tx.AddHistoryAsync(Instance, seq++, item);
        await tx.DeleteInboxAsync([.. turn.Inbox.Select(i => i.Seq)]);
        await tx.TakeMailAsync(taken);
        foreach (var deed in deeds)
            await deed(tx);
        await SavePayloadsAsync(tx);
        if (Write.Ended)
            await parts.EndAsync(tx, Instance, Write, turn.HasCalled(Events), turn.HasLocked(Events));
    }

    /// <summary>After the steps' rows, which who completes a step holds when it writes the result.</summary>
    private async ValueTask SavePayloadsAsync(Tx tx)
    {
        await payloads.SaveAsync(tx, Instance.Id, Instance.Generation);
        await tx.StampPayloadsAsync(Instance.Id, turn.Taken(taken), Instance.Generation);
        await tx.DropReplacedAsync(Instance, Write.CustomStatus);
    }

    private async ValueTask BuryAsync(Tx tx)
    {
        if (GivenUp is null)
            return;
        await tx.BuryAsync(
            new()
            {
                Kind = DeadLetterKind.Turn,
                Subject = Instance.Id,
                InstanceId = Instance.Id,
                Name = Instance.Name,
                Fault = parts.Json.Write(new FaultDetails(FaultCode.Internal, GivenUp)),
            }
        );
        tx.OnCommitted(() => EngineMetrics.Buried(DeadLetterKind.Turn));
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

    /// <summary>What carries an action out; null for one that stands in history alone.</summary>
    private Func<Tx, ValueTask>? Deed(PendingAction action)
    {
        var key = new TaskKey(Instance.Id, Instance.Generation, action.TaskId);
        switch (action.Event.Kind)
        {
            case HistoryKind.TaskScheduled:
                return Schedule(Task(key, action), action.Event.Data!);
            case HistoryKind.TimerCreated:
                var due = parts.Json.Read<DateTimeOffset>(action.Event.Data!);
                return tx => SetTimerAsync(tx, key, due);
            case HistoryKind.TimerCancelled:
                return tx => tx.DeleteTimerAsync(key with { TaskId = int.Parse(action.Event.Data!) });
            case HistoryKind.TaskCancelRequested:
                return tx => CancelAsync(tx, key with { TaskId = int.Parse(action.Event.Data!) });
            case HistoryKind.EpochRaised:
                return RaiseEpochAsync;
            case HistoryKind.SubOrchestrationInstanceCreated:
                var input = Payload.Of(action.Event.Data!, action.Event.Name!);
                var child = parts.Children.Row(Instance, key, action, span) with { Input = input.Text };
                return tx => parts.Children.StartAsync(tx, child, input, action.Matched);
            case HistoryKind.SubOrchestrationCancelRequested:
                var call = key with { TaskId = int.Parse(action.Event.Data!) };
                return tx => parts.Children.CancelAsync(tx, call);
            case HistoryKind.LockRequested:
                var names = parts.Json.Read<string[]>(action.Event.Data!);
                return tx => parts.Locks.RequestAsync(tx, key, names);
            case HistoryKind.LockReleased:
                var asked = key with { TaskId = int.Parse(action.Event.Data!) };
                return tx => parts.Locks.ReleaseAsync(tx, asked);
            default:
                return null;
        }
    }

    private TaskRow Task(TaskKey key, PendingAction action)
    {
        var (step, options) = action.Step!;
        var onHost = step as IHostStep;
        return new TaskRow
        {
            InstanceId = key.InstanceId,
            Generation = key.Generation,
            TaskId = key.TaskId,
            Kind = parts.Registry.KindOf(step),
            Name = action.Event.Name!,
            Input = payloads.Keep(action.Event.Data!, onHost?.Host),
            Host = onHost?.Host.ToString(),
            Resource = Instance.Resource ?? Instance.Id,
            Epoch = action.Epoch,
            Secrets = onHost is null ? null : string.Join(',', onHost.Secrets),
            Retry = parts.Json.Write(options.Retry),
            Attempt = 1,
            DeadlineAt = options.Bounded ? Instance.DeadlineAt : null,
            TraceParent = span?.Id ?? Instance.TraceParent,
        };
    }

    private Func<Tx, ValueTask> Schedule(TaskRow task, string input)
    {
        if (!asksForOneStep || parts.Registry.FindHandler(task.Name) is not { } handler)
            return tx => ScheduleAsync(tx, task);
        if (handler.ForItsTurn(input) is not { } step)
            return tx => ScheduleAsync(tx, task);
        OwnStep = task;
        return tx => DoAsync(tx, task, handler, step);
    }

    private async ValueTask ScheduleAsync(Tx tx, TaskRow task)
    {
        await tx.AddTaskAsync(task);
        tx.OnCommitted(() => parts.WakeTask(task.Key, task.Kind));
    }

    private async ValueTask DoAsync(Tx tx, TaskRow task, ActivityHandler handler, object step)
    {
        var doing = EngineSpans.OwnStep(task);
        EngineSpans.EmitWith(tx, doing, ownStepsFault?.Message);
        if (ownStepsFault is null)
        {
            await parts.Answers.CompleteAsync(tx, task, await handler.RunAsync(tx, step));
            return;
        }
        await tx.AddTaskAsync(task);
        await parts.Answers.FailAsync(tx, task, ownStepsFault);
    }

    private async ValueTask SetTimerAsync(Tx tx, TaskKey key, DateTimeOffset due)
    {
        await tx.AddInboxAsync(key, HistoryKind.TimerFired, null, null, due);
        tx.OnCommitted(() => parts.WakeAt(due));
    }

    private async ValueTask CancelAsync(Tx tx, TaskKey key)
    {
        if (await tx.CancelTaskAsync(key) is not { } task)
            return;
        parts.StopAfterCommit(tx, task);
        tx.OnCommitted(() => parts.WakeTask(key, task.Kind));
    }

    /// <summary>The undo begins. A cancelled step that has not answered by now is overtaken: nobody waits for it any more.</summary>
    private async ValueTask RaiseEpochAsync(Tx tx)
    {
        await tx.DropTasksAsync(Instance.Id, onlyCancelled: true);
        if (Instance.Resource is { } resource)
            await tx.RaiseEpochAsync(resource);
    }
}
