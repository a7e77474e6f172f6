using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Pipeline.Durable.Hub;

/// <summary>What the engine measures, by the engine's clock. Labels are names of code, never of instances.</summary>
internal static class EngineMetrics
{
    private static readonly Meter Meter = new("Pipeline.Durable");

    private static readonly Histogram<double> Episodes = Meter.CreateHistogram<double>(
        "durable.episode.duration",
        "s",
        "Duration of a turn of an orchestration, from its load to its commit"
    );

    private static readonly Histogram<double> Activities = Meter.CreateHistogram<double>(
        "durable.activity.duration",
        "s",
        "Duration of a step with all its tries, from the turn that asked for it to its result"
    );

    private static readonly Histogram<double> Orchestrations = Meter.CreateHistogram<double>(
        "durable.orchestration.duration",
        "s",
        "Duration of an orchestration, from its acceptance to its end"
    );

    private static readonly Counter<long> Dropped = Meter.CreateCounter<long>(
        "durable.news.dropped",
        null,
        "Answers that came for a generation of an orchestration that had ended"
    );

    public static void NewsDropped(string orchestration, int count) =>
        Dropped.Add(count, new KeyValuePair<string, object?>("orchestration", orchestration));

    public static void Committed(Turn turn, EpisodeCommit commit, TimeSpan took, DateTimeOffset now)
    {
        var (instance, name) = (turn.Instance, new KeyValuePair<string, object?>("orchestration", turn.Instance.Name));
        Episodes.Record(took.TotalSeconds, name);
        if (Activities.Enabled)
            foreach (var item in commit.Events)
                if (item.Kind is HistoryKind.TaskCompleted or HistoryKind.TaskFailed)
                    StepEnded(turn.History, item);
        if (commit.Write.Ended)
            Orchestrations.Record((now - instance.CreatedAt).TotalSeconds, name, new("status", commit.Write.Status));
    }

    private static void StepEnded(IReadOnlyList<HistoryEvent> history, HistoryEvent ended)
    {
        var asked = history.LastOrDefault(h => h.Kind == HistoryKind.TaskScheduled && h.TaskId == ended.TaskId);
        if (asked is null)
            return;
        var tags = new TagList
        {
            { "activity", asked.Name },
            { "outcome", ended.Kind == HistoryKind.TaskCompleted ? "success" : "failure" },
        };
        Activities.Record((ended.At - asked.At).TotalSeconds, tags);
    }
}
