using Microsoft.Extensions.Logging;
using Pipeline.Durable;

namespace Pipeline.Runtime;

/// <summary>`host.json`: how this functions host runs its functions. Meanings and defaults are the Functions host's own.</summary>
/// <param name="RoutePrefix">Before every HTTP function's route; empty for none.</param>
/// <param name="FunctionTimeout">How long one run may take; null for no limit (`-1`).</param>
/// <param name="LogLevels">The least level by category prefix; `default` for all others.</param>
public sealed record HostJson(
    string RoutePrefix,
    TimeSpan? FunctionTimeout,
    QueueSettings Queues,
    DurableTaskSettings DurableTask,
    IReadOnlyDictionary<string, LogLevel> LogLevels
)
{
    public static HostJson Default { get; } =
        new("", TimeSpan.FromMinutes(30), new(), new(), new Dictionary<string, LogLevel>());

    /// <summary>How many requests a project may send; null for any number.</summary>
    public RateLimitSettings? RateLimit { get; init; }
}

/// <summary>`extensions.http.rateLimit`: a token bucket a project, in the words of ASP.NET Core's rate limiter.</summary>
/// <param name="TokenLimit">Requests at once, after a silence.</param>
/// <param name="TokensPerPeriod">Requests of a period in the long run.</param>
public sealed record RateLimitSettings(int TokenLimit, int TokensPerPeriod, TimeSpan ReplenishmentPeriod);

/// <summary>`extensions.queues`.</summary>
public sealed record QueueSettings
{
    /// <summary>Messages fetched at once and run side by side; at most 32.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>The next batch is fetched when no more than this many still run.</summary>
    public int NewBatchThreshold { get; init; } = 8;

    /// <summary>How long a message that failed waits before it is tried again.</summary>
    public TimeSpan VisibilityTimeout { get; init; } = TimeSpan.Zero;

    /// <summary>Tries before a message moves to the dead letters, or to the `-poison` queue that a function listens to.</summary>
    public int MaxDequeueCount { get; init; } = 5;

    /// <summary>The longest pause between two looks at an empty queue.</summary>
    public TimeSpan MaxPollingInterval { get; init; } = TimeSpan.FromMinutes(1);
}

/// <summary>`extensions.durableTask`.</summary>
public sealed record DurableTaskSettings
{
    public string HubName { get; init; } = "Pipeline";

    public int MaxConcurrentOrchestratorFunctions { get; init; } = 10 * Environment.ProcessorCount;

    public int MaxConcurrentActivityFunctions { get; init; } = 10 * Environment.ProcessorCount;

    /// <summary>`storageProvider`: the engine's store; `database` is the cloud's own.</summary>
    public string StorageProvider { get; init; } = "database";

    /// <summary>`storageProvider.leaseInterval`: silent for so long, a functions host's work is others' (PostgreSQL).</summary>
    public TimeSpan LeaseInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>`retention`: how long orchestrations are kept after their end.</summary>
    public RetentionOptions Retention { get; init; } = new();
}
