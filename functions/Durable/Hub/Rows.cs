using System.Text.Json.Serialization;
using Pipeline.Contracts;

namespace Pipeline.Durable.Hub;

internal sealed record InstanceRow
{
    public string Id { get; init; } = "";
    public string Name { get; init; } = "";
    public int Version { get; init; }
    public int Generation { get; init; }
    public string Status { get; init; } = "";
    public string Input { get; init; } = "";
    public string? Output { get; init; }
    public string? Fault { get; init; }
    public string? CustomStatus { get; init; }
    public string? Blocked { get; init; }
    public string? Resource { get; init; }
    public long Epoch { get; init; }
    public string? ProjectId { get; init; }
    public string? RequestId { get; init; }
    public string? TraceParent { get; init; }
    public int NextSeq { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset DeadlineAt { get; init; }
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>The functions host, in one of its tenures, that runs it.</summary>
    public string Owner { get; init; } = "";

    /// <summary>Why an operator suspended it; null while nobody has.</summary>
    public string? Suspended { get; init; }

    /// <summary>How many processes that found its news left over died in its turn.</summary>
    public int Starts { get; init; }

    /// <summary>Names of external events that it awaits; null for none.</summary>
    public string? Waits { get; init; }

    /// <summary>The orchestration that called it, and the call; null where nobody did.</summary>
    public string? ParentId { get; init; }
    public int? ParentGeneration { get; init; }
    public int? ParentTask { get; init; }

    /// <summary>It works on its parent's resource, under its parent's lock.</summary>
    public bool SharesLock { get; init; }

    /// <summary>It goes on when its parent ends.</summary>
    public bool Detached { get; init; }

    /// <summary>As JSON; null for none.</summary>
    public string? Tags { get; init; }

    /// <summary>Null for at once.</summary>
    public DateTimeOffset? StartAt { get; init; }
}

internal sealed record HistoryRow
{
    public int Seq { get; init; }
    public string Kind { get; init; } = "";
    public int TaskId { get; init; }
    public string? Name { get; init; }
    public string? Data { get; init; }
    public string? Hash { get; init; }
    public DateTimeOffset At { get; init; }

    public HistoryEvent Event => new(Enum.Parse<HistoryKind>(Kind), TaskId, Name, Data, Hash, At);
}

/// <summary>A row of history as it is written.</summary>
internal sealed record NewHistory(InstanceRow Instance, int Seq, HistoryEvent Item)
{
    public string Id => Instance.Id;
    public int Generation => Instance.Generation;
    public string Kind => Item.Kind.ToString();
    public int TaskId => Item.TaskId;
    public string? Name => Item.Name;
    public string? Data => Item.Data;
    public string? Hash => Item.Hash;
    public DateTimeOffset At => Item.At;
}

internal sealed record InboxRow
{
    public string InstanceId { get; init; } = "";
    public long Seq { get; init; }
    public string Kind { get; init; } = "";
    public int TaskId { get; init; }
    public string? Name { get; init; }
    public string? Data { get; init; }
    public DateTimeOffset VisibleAt { get; init; }
}

internal sealed record MailRow
{
    public string InstanceId { get; init; } = "";
    public long Seq { get; init; }
    public string Name { get; init; } = "";
    public string Data { get; init; } = "";
}

internal sealed record TaskRow
{
    public const string Transactional = "transactional";
    public const string Local = "local";
    public const string OnHost = "host";

    public string InstanceId { get; init; } = "";
    public int Generation { get; init; }
    public int TaskId { get; init; }
    public string Kind { get; init; } = "";
    public string Name { get; init; } = "";
    public string Input { get; init; } = "";
    public string? Host { get; init; }
    public string? Resource { get; init; }
    public long Epoch { get; init; }
    public string? Secrets { get; init; }
    public string Retry { get; init; } = "";
    public int Attempt { get; init; }

    /// <summary>The last try's fault, as JSON.</summary>
    public string? Fault { get; init; }

    /// <summary>How often this try was sent to its host: 0 means that no host knows of it.</summary>
    public int Sends { get; init; }
    public bool Cancelled { get; init; }
    public DateTimeOffset DueAt { get; init; }
    public DateTimeOffset? DeadlineAt { get; init; }
    public string? TraceParent { get; init; }

    /// <summary>How many processes that found this try left over died of it, or beside it.</summary>
    public int Starts { get; init; }

    /// <summary>How much of this try its host has done, 0 to 1; null where it has said nothing.</summary>
    [JsonIgnore]
    public double? Done { get; init; }

    [JsonIgnore]
    public HostId HostId =>
        HostId.TryParse(Host, out var host) ? host : throw new InvalidOperationException($"task {Key} has no host");

    [JsonIgnore]
    public TaskKey Key => new(InstanceId, Generation, TaskId);
}

/// <summary>Names a step of an instance; its text is the activity id that hosts keep in their journals.</summary>
internal readonly record struct TaskKey(string InstanceId, int Generation, int TaskId)
{
    public static bool TryParse(string text, out TaskKey key)
    {
        key = default;
        var parts = text.Split('/');
        if (parts.Length != 3 || !int.TryParse(parts[1], out var generation) || !int.TryParse(parts[2], out var task))
            return false;
        key = new(parts[0], generation, task);
        return true;
    }

    public override string ToString() => $"{InstanceId}/{Generation}/{TaskId}";
}
