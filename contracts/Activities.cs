using System.Text.Json.Serialization;

namespace Pipeline.Contracts;

/// <summary>A durable step's input, typed by its result. Its type name and JSON stand in histories: they are API.</summary>
public interface IActivity<TResult>;

/// <summary>A step that a host's agent carries out through its queue: at least once, fenced by its resource's epoch.</summary>
public interface IHostActivity<TResult> : IActivity<TResult>, IHostStep;

/// <summary>What the engine needs of a host's step, whatever its result.</summary>
public interface IHostStep
{
    HostId Host { get; }

    /// <summary>Secrets the step needs; they travel encrypted to the host's key, beside the message.</summary>
    [JsonIgnore]
    IEnumerable<SecretId> Secrets => [];
}

/// <summary>The result of a step that has nothing to tell.</summary>
public sealed record Done
{
    public static Done Instance { get; } = new();
}

/// <summary>An orchestration's durable input. The orchestrator that runs it is found by this type.</summary>
public interface IOrchestration<TResult>
{
    /// <summary>What it changes, as `server/{id}`: one orchestration at a time holds a resource; null for none.</summary>
    string? Resource => null;
}
