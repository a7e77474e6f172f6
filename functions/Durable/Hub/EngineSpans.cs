using System.Diagnostics;

namespace Pipeline.Durable.Hub;

/// <summary>Spans of what has ended, with their true start, under the request that began it. Replays emit none.</summary>
internal static class EngineSpans
{
    private static readonly ActivitySource Spans = new("Pipeline.Durable");

    public static void Emit(Turn turn, EpisodeCommit commit)
    {
        var instance = turn.Instance;
        if (!Spans.HasListeners() || !ActivityContext.TryParse(instance.TraceParent, null, out var parent))
            return;
        foreach (var item in commit.Events)
            if (item.Kind is HistoryKind.TaskCompleted or HistoryKind.TaskFailed)
                Step(parent, instance, turn.History, item);
            else if (item.Kind == HistoryKind.ExecutionCompleted)
                Emit(parent, $"orchestration {instance.Name}", instance, instance.CreatedAt, item.At, item.Name!);
    }

    private static void Step(
        ActivityContext parent,
        InstanceRow instance,
        IReadOnlyList<HistoryEvent> history,
        HistoryEvent ended
    )
    {
        var scheduled = history.LastOrDefault(h => h.Kind == HistoryKind.TaskScheduled && h.TaskId == ended.TaskId);
        if (scheduled is not null)
            Emit(parent, $"activity {scheduled.Name}", instance, scheduled.At, ended.At, ended.Kind.ToString());
    }

    private static void Emit(
        ActivityContext parent,
        string name,
        InstanceRow instance,
        DateTimeOffset start,
        DateTimeOffset end,
        string status
    )
    {
        using var span = Spans.StartActivity(name, ActivityKind.Internal, parent, startTime: start);
        span?.SetTag("durabletask.task.instance_id", instance.Id);
        span?.SetTag("durabletask.task.status", status);
        span?.SetEndTime(end.UtcDateTime);
    }
}
