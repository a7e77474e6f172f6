namespace Pipeline.Contracts.Hosts;

/// <summary>What a heartbeat tells beside that the host lives; one without a body tells nothing.</summary>
public sealed record HostBeat(IReadOnlyList<StepProgress> Steps);

/// <summary>How far a step is that runs on the host.</summary>
/// <param name="Done">Its share that is done, 0 to 1.</param>
public sealed record StepProgress(string ActivityId, int Attempt, double Done);
