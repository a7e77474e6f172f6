using Pipeline.Contracts;

namespace Pipeline.Durable.Management;

/// <summary>Something that a running orchestration waits for; of several, each.</summary>
/// <param name="Type">One of <see cref="WaitType"/>.</param>
/// <param name="Name">Of the step, the event, the lock, the resource or the called orchestration; null where there is none.</param>
public sealed record InstanceWait(string Type, string? Name = null)
{
    /// <summary>When it ends by itself: a timer, a start, a step's next try.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Where the step is done; null for one of the control plane.</summary>
    public HostId? Host { get; init; }

    /// <summary>The try that a step is at.</summary>
    public int? Attempt { get; init; }

    /// <summary>The orchestration that was called, or that holds what this one waits for.</summary>
    public string? InstanceId { get; init; }
}

public static class WaitType
{
    /// <summary>The time at which it is to begin.</summary>
    public const string Start = "Start";

    /// <summary>A resource that another operation holds.</summary>
    public const string Resource = "Resource";
    public const string Step = "Step";
    public const string Timer = "Timer";
    public const string Event = "Event";
    public const string Lock = "Lock";
    public const string SubOrchestration = "SubOrchestration";
}
