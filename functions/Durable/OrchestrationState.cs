using System.Text;
using System.Text.Json;
using Pipeline.Contracts;
using Pipeline.Durable.Hub;
using Pipeline.Durable.Management;

namespace Pipeline.Durable;

/// <summary>An orchestration as it is shown: what it is, how far it is, what went wrong.</summary>
/// <param name="Output">As JSON; null unless it completed.</param>
public sealed record OrchestrationState(
    string Id,
    string Name,
    string Status,
    string? Resource,
    string? Project,
    string? RequestId,
    string? CustomStatus,
    string? Output,
    FaultDetails? Fault,
    Blocked? Blocked,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? CompletedAt,
    IReadOnlyList<StepState> Steps
)
{
    /// <summary>Why an operator suspended it; null while nobody has.</summary>
    public string? SuspendReason { get; init; }

    /// <summary>Of its code.</summary>
    public int Version { get; init; }

    /// <summary>Null where there is nothing to tell it by.</summary>
    public InstanceProgress? Progress { get; init; }

    /// <summary>As JSON.</summary>
    public string Input { get; init; } = "";

    /// <summary>Empty where it was not asked for.</summary>
    public IReadOnlyList<HistoryItem> History { get; init; } = [];

    /// <summary>What it waits for; empty where it was not asked for.</summary>
    public IReadOnlyList<InstanceWait> Waits { get; init; } = [];

    /// <summary>The orchestration that called it; null where nobody did.</summary>
    public string? ParentId { get; init; }

    /// <summary>When it is, or was, to begin; null for at once.</summary>
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>What it was tagged with at its start, or by those that called it.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>How often it has continued as new.</summary>
    public int Generation { get; init; }

    internal static OrchestrationState From(
        InstanceRow row,
        IEnumerable<HistoryEvent> history,
        IEnumerable<TaskRow> open,
        DurableJson json
    )
    {
        var steps = new SortedDictionary<int, StepState>();
        foreach (var item in history)
            if (item.Kind is HistoryKind.TaskScheduled or HistoryKind.SubOrchestrationInstanceCreated)
                steps[item.TaskId] = new(item.TaskId, item.Name!, 1, item.At, null, null, null) { Host = HostOf(item) };
            else if (
                item.Kind is HistoryKind.SubOrchestrationInstanceCompleted or HistoryKind.SubOrchestrationInstanceFailed
            )
                steps[item.TaskId] = steps[item.TaskId] with
                {
                    EndedAt = item.At,
                    Result = item.Kind == HistoryKind.SubOrchestrationInstanceCompleted ? item.Data : null,
                    Fault =
                        item.Kind == HistoryKind.SubOrchestrationInstanceFailed
                            ? json.Read<FaultDetails>(item.Data!)
                            : null,
                };
            else if (item.Kind is HistoryKind.TaskCompleted or HistoryKind.TaskFailed)
                steps[item.TaskId] = steps[item.TaskId] with
                {
                    Attempt = int.Parse(item.Name!),
                    EndedAt = item.At,
                    Result = item.Kind == HistoryKind.TaskCompleted ? item.Data : null,
                    Fault = item.Kind == HistoryKind.TaskFailed ? json.Read<FaultDetails>(item.Data!) : null,
                };
        foreach (var task in open)
            steps[task.TaskId] = steps[task.TaskId] with
            {
                Attempt = task.Attempt,
                Done = task.Done,
                Fault = task.Fault is null ? null : json.Read<FaultDetails>(task.Fault),
            };
        return new(
            row.Id,
            row.Name,
            row.Status,
            row.Resource,
            row.ProjectId,
            row.RequestId,
            row.CustomStatus,
            row.Output,
            row.Fault is null ? null : json.Read<FaultDetails>(row.Fault),
            row.Blocked is null ? null : json.Read<Blocked>(row.Blocked),
            row.CreatedAt,
            row.UpdatedAt,
            row.CompletedAt,
            [.. steps.Values]
        )
        {
            SuspendReason = row.Suspended,
            Version = row.Version,
            Input = row.Input,
            ParentId = row.ParentId,
            Generation = row.Generation,
            StartAt = row.StartAt,
            Tags = row.Tags is null ? new() : json.Read<Dictionary<string, string>>(row.Tags),
        };
    }

    /// <summary>The host that a step is about, as its input names it.</summary>
    internal static HostId? HostOf(HistoryEvent scheduled)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(scheduled.Data ?? "null"));
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isHost = reader.ValueTextEquals(nameof(IHostStep.Host));
            reader.Read();
            if (isHost && reader.TokenType == JsonTokenType.String)
                return HostId.TryParse(reader.GetString(), out var host) ? host : null;
            reader.Skip();
        }
        return null;
    }
}

/// <param name="Attempt">The try it is at, or ended with.</param>
/// <param name="EndedAt">Null while the step runs.</param>
/// <param name="Result">As JSON; null unless it succeeded.</param>
/// <param name="Fault">What it failed with; of a step that runs, what its last try failed with.</param>
public sealed record StepState(
    int Id,
    string Name,
    int Attempt,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    string? Result,
    FaultDetails? Fault
)
{
    /// <summary>Where it is done; null for a step of the control plane.</summary>
    public HostId? Host { get; init; }

    /// <summary>How much of a step that runs its host has done, 0 to 1; null where it has said nothing.</summary>
    public double? Done { get; init; }
}
