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

    private static readonly Counter<long> DeadLetters = Meter.CreateCounter<long>(
        "durable.dead_letters",
        description: "Steps, turns and answers that were given up"
    );

    private static readonly Counter<long> DroppedNews = Meter.CreateCounter<long>(
        "durable.news.dropped",
        description: "Answers that nobody waits for"
    );

    public static void Buried(string kind) => DeadLetters.Add(1, new KeyValuePair<string, object?>("kind", kind));

    public static void Dropped(string reason, int count = 1) =>
        DroppedNews.Add(count, new KeyValuePair<string, object?>("reason", reason));

    public static void Committed(Turn turn, EpisodeCommit commit, TimeSpan took)
    {
        Episodes.Record(took.TotalSeconds, new KeyValuePair<string, object?>("orchestration", turn.Instance.Name));
        if (Activities.Enabled)
            foreach (var item in commit.Events)
                if (item.Kind is HistoryKind.TaskCompleted or HistoryKind.TaskFailed)
                    StepEnded(turn, commit.Events, item);
    }

    public static void Ended(InstanceRow instance, string status, DateTimeOffset now) =>
        Orchestrations.Record(
            (now - instance.CreatedAt).TotalSeconds,
            new KeyValuePair<string, object?>("orchestration", instance.Name),
            new("status", status)
        );

    private static void StepEnded(Turn turn, IReadOnlyList<HistoryEvent> more, HistoryEvent ended)
    {
        bool Asks(HistoryEvent h) => h.Kind == HistoryKind.TaskScheduled && h.TaskId == ended.TaskId;
        var asked = turn.History.LastOrDefault(Asks) ?? more.FirstOrDefault(Asks);
        if (asked is null)
            return;
        var tags = new TagList
        {
            { "orchestration", turn.Instance.Name },
            { "activity", asked.Name },
            { "outcome", ended.Kind == HistoryKind.TaskCompleted ? "success" : "failure" },
        };
        Activities.Record((ended.At - asked.At).TotalSeconds, tags);
    }
}
