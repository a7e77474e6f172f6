namespace Pipeline.Durable;

/// <summary>
/// How long instances are kept after their end, with their history: by how they ended, unless their orchestrator says it
/// otherwise (<see cref="TaskOrchestrator{TInput, TOutput}.RetentionOf"/>).
/// </summary>
public sealed record RetentionOptions
{
    public TimeSpan Completed { get; init; } = TimeSpan.FromDays(30);

    /// <summary>What went wrong is looked at later than what went well.</summary>
    public TimeSpan Failed { get; init; } = TimeSpan.FromDays(90);

    public TimeSpan Canceled { get; init; } = TimeSpan.FromDays(30);

    public TimeSpan Terminated { get; init; } = TimeSpan.FromDays(90);

    /// <summary>How often it is looked for what may go.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(10);

    internal TimeSpan Of(string status) =>
        status switch
        {
            InstanceStatus.Completed => Completed,
            InstanceStatus.Canceled => Canceled,
            InstanceStatus.Terminated => Terminated,
            _ => Failed,
        };
}
