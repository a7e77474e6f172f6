using Pipeline.Contracts;

namespace Pipeline.Durable.Management;

/// <summary>
/// A line of a history as Durable Functions' status shows it: a step that has ended is one line, which tells when it was
/// scheduled; turns are not shown.
/// </summary>
/// <param name="Name">Of a step, an event or the orchestration.</param>
/// <param name="ScheduledAt">When the step or timer was asked for that ended here.</param>
/// <param name="FireAt">When a timer is due.</param>
/// <param name="Input">As JSON.</param>
/// <param name="Result">As JSON.</param>
public sealed record HistoryItem(
    string EventType,
    DateTimeOffset At,
    string? Name = null,
    DateTimeOffset? ScheduledAt = null,
    DateTimeOffset? FireAt = null,
    string? Input = null,
    string? Result = null,
    FaultDetails? Fault = null,
    string? Status = null
)
{
    internal static IReadOnlyList<HistoryItem> Condense(IReadOnlyList<HistoryEvent> history, DurableJson json)
    {
        var ended = history.Where(Ends).Select(e => e.TaskId).ToHashSet();
        var asked = new Dictionary<int, HistoryEvent>();
        var items = new List<HistoryItem>();
        foreach (var item in history)
        {
            var asks = item.Kind is HistoryKind.TaskScheduled or HistoryKind.TimerCreated;
            if (asks)
                asked[item.TaskId] = item;
            if (item.Kind == HistoryKind.OrchestratorStarted || (asks && ended.Contains(item.TaskId)))
                continue;
            items.Add(Of(item, Ends(item) ? asked.GetValueOrDefault(item.TaskId) : null, json));
        }
        return items;
    }

    private static bool Ends(HistoryEvent item) =>
        item.Kind is HistoryKind.TaskCompleted or HistoryKind.TaskFailed or HistoryKind.TimerFired;

    private static HistoryItem Of(HistoryEvent item, HistoryEvent? asked, DurableJson json)
    {
        var shown = new HistoryItem($"{item.Kind}", item.At, item.Name);
        return item.Kind switch
        {
            HistoryKind.ExecutionStarted or HistoryKind.TaskScheduled or HistoryKind.EventRaised => shown with
            {
                Input = item.Data,
            },
            HistoryKind.TaskCompleted => OfTask() with { Result = item.Data },
            HistoryKind.TaskFailed => OfTask() with { Fault = json.Read<FaultDetails>(item.Data!) },
            HistoryKind.TimerCreated => shown with { FireAt = json.Read<DateTimeOffset>(item.Data!) },
            HistoryKind.TimerFired => shown with
            {
                ScheduledAt = asked?.At,
                FireAt = asked is null ? null : json.Read<DateTimeOffset>(asked.Data!),
            },
            HistoryKind.CancelRequested or HistoryKind.DeadlineReached => shown with
            {
                Fault = json.Read<FaultDetails>(item.Data!),
            },
            HistoryKind.ExecutionCompleted when item.Name == InstanceStatus.Completed => shown with
            {
                Name = null,
                Status = item.Name,
                Result = item.Data,
            },
            HistoryKind.ExecutionCompleted => shown with
            {
                Name = null,
                Status = item.Name,
                Fault = json.Read<FaultDetails>(item.Data!),
            },
            _ => shown,
        };

        HistoryItem OfTask() => shown with { Name = asked?.Name, ScheduledAt = asked?.At, Input = asked?.Data };
    }
}
