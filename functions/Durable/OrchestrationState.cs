using Pipeline.Contracts;
using Pipeline.Durable.Hub;

namespace Pipeline.Durable;

/// <summary>An orchestration as it is shown: what it is, how far it is, what went wrong.</summary>
public sealed record OrchestrationState(
    string Id,
    string Name,
    string Status,
    string? Resource,
    string? Project,
    string? RequestId,
    string? CustomStatus,
    FaultDetails? Fault,
    Blocked? Blocked,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? CompletedAt,
    IReadOnlyList<StepState> Steps
)
{
    internal static OrchestrationState From(InstanceRow row, IEnumerable<HistoryEvent> history, DurableJson json)
    {
        var steps = new SortedDictionary<int, StepState>();
        foreach (var item in history)
            if (item.Kind == HistoryKind.TaskScheduled)
                steps[item.TaskId] = new(item.TaskId, item.Name!, 1, item.At, null, null);
            else if (item.Kind is HistoryKind.TaskCompleted or HistoryKind.TaskFailed)
                steps[item.TaskId] = steps[item.TaskId] with
                {
                    Attempt = int.TryParse(item.Name, out var attempt) ? attempt : 1,
                    EndedAt = item.At,
                    Fault = item.Kind == HistoryKind.TaskFailed ? json.Read<FaultDetails>(item.Data!) : null,
                };
        return new(
            row.Id,
            row.Name,
            row.Status,
            row.Resource,
            row.ProjectId,
            row.RequestId,
            row.CustomStatus,
            row.Fault is null ? null : json.Read<FaultDetails>(row.Fault),
            row.Blocked is null ? null : json.Read<Blocked>(row.Blocked),
            row.CreatedAt,
            row.UpdatedAt,
            row.CompletedAt,
            [.. steps.Values]
        );
    }
}

/// <param name="EndedAt">Null while the step runs.</param>
public sealed record StepState(
    int Id,
    string Name,
    int Attempt,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    FaultDetails? Fault
);
