using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Pipeline.Contracts;
using Pipeline.Data;
using Pipeline.Durable.Replay;

namespace Pipeline.Durable.Hub;

/// <summary>One turn of one instance: load, replay, and commit all it decided in one transaction.</summary>
internal sealed class EpisodeRunner(Database db, EngineParts parts, TimeProvider time, ILogger<EpisodeRunner> logger)
{
    private const int CachedInstances = 2_000;
    private readonly ConcurrentDictionary<string, CachedHistory> histories = new();

    public async Task RunAsync(string instanceId)
    {
        var turn = await db.ReadAsync(tx => LoadAsync(tx, instanceId));
        if (turn is null)
            return;
        if (InstanceStatus.IsTerminal(turn.Instance.Status) || turn.Inbox.Count == 0)
        {
            await ForgetAsync(turn);
            return;
        }
        EpisodeWrite write;
        EpisodeResult? result = null;
        try
        {
            result = Replay(turn);
            write = Write(turn, result);
        }
        catch (Exception e)
        {
            write = Park(turn, e);
        }
        await parts.Probe(EnginePoint.BeforeCommit, instanceId, turn.Instance.Name);
        var advanced = await db.WriteAsync(tx => CommitAsync(tx, turn, write, result));
        if (advanced && result is not null)
            Remember(turn, write, result);
        else
            histories.TryRemove(instanceId, out _);
        await parts.Probe(EnginePoint.AfterCommit, instanceId, turn.Instance.Name);
        if (result is not null && advanced)
            EngineSpans.Emit(turn.Instance, turn.History, result, time.GetUtcNow());
    }

    private async ValueTask<Turn?> LoadAsync(Tx tx, string id)
    {
        if (await tx.FindInstanceAsync(id) is not { } row)
            return null;
        var cached = histories.TryGetValue(id, out var known) && known.Generation == row.Generation ? known.Events : [];
        if (cached.Count > row.NextSeq)
            cached = [];
        var rest = await tx.ListHistoryAsync(row, cached.Count);
        return new(
            row,
            [.. cached, .. rest.Select(h => h.Event)],
            await tx.ListInboxAsync(row),
            await tx.ListMailAsync(id)
        );
    }

    private EpisodeResult Replay(Turn turn)
    {
        var orchestrator = parts.Registry.Orchestrator(turn.Instance.Name);
        var news = turn
            .Inbox.Where(i => i.Kind != HubStore.Nudge)
            .Select(i => new HistoryEvent(Enum.Parse<HistoryKind>(i.Kind), i.TaskId, i.Name, i.Data, null, default))
            .ToList();
        var now = Time.FromMicroseconds(Time.ToMicroseconds(time.GetUtcNow()));
        return Episode.Run(turn.Instance, turn.History, news, turn.Mail, now, orchestrator, parts.Json, logger);
    }

    private EpisodeWrite Write(Turn turn, EpisodeResult result)
    {
        var fault = result.Outcome?.Fault;
        return new(
            turn.History.Count + result.Events.Count,
            result.Outcome?.Status ?? InstanceStatus.Running,
            result.Outcome?.Output,
            fault is null ? null : parts.Json.Write(fault),
            null,
            result.CustomStatus
        );
    }

    /// <summary>Never terminal: the inbox stays, and the instance goes on when matching code is back.</summary>
    private EpisodeWrite Park(Turn turn, Exception cause)
    {
        var blocked = cause is MismatchException mismatch
            ? mismatch.Blocked
            : new Blocked(-1, "", "", $"{cause.GetType().Name}: {cause.Message}");
        logger.LogError(cause, "orchestration {Instance} is blocked: {Reason}", turn.Instance.Id, blocked.Reason);
        return new(
            turn.Instance.NextSeq,
            InstanceStatus.Suspended,
            null,
            null,
            parts.Json.Write(blocked),
            turn.Instance.CustomStatus
        );
    }

    private async ValueTask<bool> CommitAsync(Tx tx, Turn turn, EpisodeWrite write, EpisodeResult? result)
    {
        if (!await tx.AdvanceAsync(turn.Instance, write))
            return false;
        if (result is null)
            return true;
        var seq = turn.History.Count;
        foreach (var item in result.Events)
            await tx.AddHistoryAsync(turn.Instance, seq++, item);
        await tx.DeleteInboxAsync([.. turn.Inbox.Select(i => i.Seq)]);
        await tx.DeleteMailAsync(result.Taken);
        if (!write.Ended)
            foreach (var action in result.Actions)
                await CarryOutAsync(tx, turn.Instance, action);
        else
            await EndAsync(tx, turn.Instance);
        return true;
    }

    private async ValueTask CarryOutAsync(Tx tx, InstanceRow instance, PendingAction action)
    {
        var key = new TaskKey(instance.Id, instance.Generation, action.TaskId);
        switch (action.Event.Kind)
        {
            case HistoryKind.TaskScheduled:
                await ScheduleAsync(tx, instance, key, action);
                break;
            case HistoryKind.TimerCreated:
                var due = parts.Json.Read<DateTimeOffset>(action.Event.Data!);
                await tx.AddInboxAsync(key, HistoryKind.TimerFired, null, null, due);
                tx.OnCommitted(() => parts.WakeAt(due));
                break;
            case HistoryKind.TimerCancelled:
                await tx.DeleteTimerAsync(key with { TaskId = int.Parse(action.Event.Data!) });
                break;
            case HistoryKind.TaskCancelRequested:
                var cancelled = key with { TaskId = int.Parse(action.Event.Data!) };
                await tx.CancelTaskAsync(cancelled);
                tx.OnCommitted(() => parts.WakeTask(cancelled));
                break;
            case HistoryKind.EpochRaised when instance.Resource is not null:
                await tx.RaiseEpochAsync(instance.Resource);
                break;
            default:
                break;
        }
    }

    private async ValueTask ScheduleAsync(Tx tx, InstanceRow instance, TaskKey key, PendingAction action)
    {
        var (step, options) = ((object, TaskOptions))action.Detail!;
        var onHost = TaskRow.HostOf(step);
        await tx.AddTaskAsync(
            new TaskRow
            {
                InstanceId = key.InstanceId,
                Generation = key.Generation,
                TaskId = key.TaskId,
                Kind = parts.Registry.KindOf(step),
                Name = action.Event.Name!,
                Input = action.Event.Data!,
                Host = onHost?.Host.ToString(),
                Resource = instance.Resource ?? instance.Id,
                Epoch = action.Epoch,
                Secrets = onHost is null ? null : string.Join(',', onHost.Value.Secrets),
                Retry = parts.Json.Write(options.Retry),
                Attempt = 1,
                DueAt = tx.Now,
                DeadlineAt = options.Bounded ? instance.DeadlineAt : null,
                TraceParent = instance.TraceParent,
            }
        );
        tx.OnCommitted(() => parts.WakeTask(key));
    }

    private async ValueTask EndAsync(Tx tx, InstanceRow instance)
    {
        await tx.ForgetWaitsAsync(instance.Id);
        if (instance.Resource is null || await tx.UnlockAsync(instance.Resource, instance.Id) is not { } held)
            return;
        var next = (await tx.FindInstanceAsync(held.Operation!))!;
        await tx.SetEpochAsync(next.Id, held.Epoch, tx.Now + parts.Registry.Orchestrator(next.Name).Deadline);
        await parts.BeginAsync(tx, next);
    }

    /// <summary>News for an instance that has ended, or none at all.</summary>
    private async Task ForgetAsync(Turn turn)
    {
        if (turn.Inbox.Count > 0)
            await db.WriteAsync(tx => tx.ForgetWaitsAsync(turn.Instance.Id));
        histories.TryRemove(turn.Instance.Id, out _);
    }

    private void Remember(Turn turn, EpisodeWrite write, EpisodeResult result)
    {
        if (write.Ended)
        {
            histories.TryRemove(turn.Instance.Id, out _);
            return;
        }
        if (histories.Count >= CachedInstances)
            histories.Clear();
        histories[turn.Instance.Id] = new(turn.Instance.Generation, [.. turn.History, .. result.Events]);
    }

    private sealed record CachedHistory(int Generation, IReadOnlyList<HistoryEvent> Events);

    private sealed record Turn(
        InstanceRow Instance,
        IReadOnlyList<HistoryEvent> History,
        IReadOnlyList<InboxRow> Inbox,
        IReadOnlyList<MailRow> Mail
    );
}
