using System.Diagnostics;
using System.Text;
using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>
/// Spans of what an orchestration waited for, in Durable Task's words: each is emitted once, with the commit of the turn or
/// the verb that ended the wait.
/// </summary>
internal static class WaitSpans
{
    /// <summary>Timers that fired or were cancelled in a turn; events it took are marks on the turn's own span.</summary>
    public static void EmitWith(Tx tx, Turn turn, IReadOnlyList<HistoryEvent> fresh, Activity? episode)
    {
        if (episode is null)
            return;
        foreach (var item in fresh)
            if (item.Kind == HistoryKind.TimerFired)
                Emit(tx, turn, fresh, item, item.TaskId);
            else if (item.Kind == HistoryKind.TimerCancelled)
                Emit(tx, turn, fresh, item, int.Parse(item.Data!));
            else if (item.Kind == HistoryKind.EventRaised)
                tx.OnCommitted(() => episode.AddEvent(Received(item)));
    }

    /// <summary>The raising of an event, under whatever raised it.</summary>
    public static Activity? Raise(string instance, string name)
    {
        var caller = Activity.Current;
        var span = EngineSpans.Spans.StartActivity($"orchestration_event:{name}", ActivityKind.Producer);
        Activity.Current = caller;
        return span
            ?.SetTag("durabletask.type", "event")
            .SetTag("durabletask.event.name", name)
            .SetTag("durabletask.event.target_instance_id", instance);
    }

    /// <summary>From an operator's suspend to the resume.</summary>
    public static void EmitSuspendedWith(Tx tx, InstanceRow row, DateTimeOffset since, string reason)
    {
        var now = tx.Now;
        tx.OnCommitted(() =>
        {
            if (EngineSpans.Start(NameOf(row, "suspended"), ActivityKind.Internal, row.TraceParent) is not { } span)
                return;
            EngineSpans.Describe(span, row)?.SetTag("pipeline.reason", reason);
            EngineSpans.Stop(span.SetStartTime(since.UtcDateTime).SetEndTime(now.UtcDateTime));
        });
    }

    private static void Emit(Tx tx, Turn turn, IReadOnlyList<HistoryEvent> fresh, HistoryEvent ended, int timer)
    {
        var asked = turn
            .History.Concat(fresh)
            .FirstOrDefault(h => h.Kind == HistoryKind.TimerCreated && h.TaskId == timer);
        if (asked is null)
            return;
        tx.OnCommitted(() =>
        {
            var row = turn.Instance;
            if (EngineSpans.Start(NameOf(row, "timer"), ActivityKind.Internal, row.TraceParent) is not { } span)
                return;
            EngineSpans
                .Describe(span, "timer", row.Name, row.Id, row.Resource)
                ?.SetTag("durabletask.fire_at", asked.Data!.Trim('"'))
                .SetTag("durabletask.task.task_id", timer);
            if (ended.Kind == HistoryKind.TimerCancelled)
                span.SetStatus(ActivityStatusCode.Error, "cancelled");
            EngineSpans.Stop(span.SetStartTime(asked.At.UtcDateTime).SetEndTime(ended.At.UtcDateTime));
        });
    }

    private static ActivityEvent Received(HistoryEvent item)
    {
        var size = Payload.HashOf(item.Data) is null
            ? Encoding.UTF8.GetByteCount(item.Data!)
            : Payload.BytesOf(item.Data!);
        return new(
            "Received external event",
            item.At,
            new() { { "durabletask.event.name", item.Name }, { "size", size } }
        );
    }

    private static string NameOf(InstanceRow row, string wait) => $"orchestration:{row.Name}:{wait}";
}
