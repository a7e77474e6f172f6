using Pipeline.Contracts;

namespace Pipeline.Durable;

/// <summary>
/// Workflow code: awaits nothing but its context's tasks, so that a replay of its history takes the same decisions.
/// One class per input record and version; the input's type finds it.
/// </summary>
public abstract class TaskOrchestrator<TInput, TOutput> : IOrchestrator
    where TInput : IOrchestration<TOutput>
{
    /// <summary>How long the forward part may take, from its start.</summary>
    public abstract TimeSpan Deadline { get; }

    /// <summary>
    /// Raised when changed code can no longer replay the old histories. The old class stays beside the new one: an instance
    /// runs on the version that it began with, a new one on the highest.
    /// </summary>
    public virtual int Version => 1;

    /// <summary>How long an instance is kept after it has ended like this; null for as long as the cloud keeps others.</summary>
    /// <param name="status">One of <see cref="InstanceStatus.Terminal"/>.</param>
    public virtual TimeSpan? RetentionOf(string status) => null;

    bool IOrchestrator.EndsItself => EndsItself;

    /// <summary>True when the code itself answers cancel and deadline (a saga undoes); else the engine ends the run.</summary>
    internal virtual bool EndsItself => false;

    public abstract Task<TOutput> RunAsync(TaskOrchestrationContext context, TInput input);

    async Task<string> IOrchestrator.RunAsync(TaskOrchestrationContext context, string input) =>
        context.Json.Write(await RunAsync(context, context.Json.Read<TInput>(input)));
}

/// <summary>What the engine sees of an orchestrator: JSON in, JSON out.</summary>
internal interface IOrchestrator
{
    TimeSpan Deadline { get; }

    int Version { get; }

    bool EndsItself { get; }

    TimeSpan? RetentionOf(string status);

    Task<string> RunAsync(TaskOrchestrationContext context, string input);
}
