using System.Diagnostics;
using Pipeline.Contracts;
using Pipeline.Data;
using Pipeline.Durable.Replay;

namespace Pipeline.Durable.Hub;

/// <summary>What carries out the actions of an instance's turn, in its commit.</summary>
internal sealed class Deeds(InstanceRow instance, Activity? span, PayloadBatch payloads, EngineParts parts)
{
    /// <summary>What carries an action out; null for one that stands in history alone.</summary>
    public Func<Tx, ValueTask>? Of(PendingAction action)
    {
        var key = new TaskKey(instance.Id, instance.Generation, action.TaskId);
        switch (action.Event.Kind)
        {
            case HistoryKind.TaskScheduled:
                var task = Task(action);
                return tx => ScheduleAsync(tx, task);
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
                var child = parts.Children.Row(instance, key, action, span) with { Input = input.Text };
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

    /// <exception cref="Fault">Unavailable when the step has no handler here.</exception>
    public TaskRow Task(PendingAction action)
    {
        var (step, options) = action.Step!;
        var onHost = step as IHostStep;
        return new TaskRow
        {
            InstanceId = instance.Id,
            Generation = instance.Generation,
            TaskId = action.TaskId,
            Kind = parts.Registry.KindOf(step),
            Name = action.Event.Name!,
            Input = payloads.Keep(action.Event.Data!, onHost?.Host),
            Host = onHost?.Host.ToString(),
            Resource = instance.Resource ?? instance.Id,
            Epoch = action.Epoch,
            Secrets = onHost is null ? null : string.Join(',', onHost.Secrets),
            Retry = parts.Json.Write(options.Retry),
            Attempt = 1,
            DeadlineAt = options.Bounded ? instance.DeadlineAt : null,
            TraceParent = span?.Id ?? instance.TraceParent,
        };
    }

    private async ValueTask ScheduleAsync(Tx tx, TaskRow task)
    {
        tx.AddTask(task);
        tx.OnCommitted(() => parts.WakeTask(task.Key, task.Kind));
    }

    private async ValueTask SetTimerAsync(Tx tx, TaskKey key, DateTimeOffset due)
    {
        tx.AddInbox(key, HistoryKind.TimerFired, null, null, due);
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
        await tx.DropTasksAsync(instance.Id, onlyCancelled: true);
        if (instance.Resource is { } resource)
            await tx.RaiseEpochAsync(resource);
    }
}
