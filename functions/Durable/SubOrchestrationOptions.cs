namespace Pipeline.Durable;

/// <summary>Options of one call of an orchestration by another.</summary>
/// <param name="InstanceId">Null for one made of the caller's id and the call's number, the same in every replay.</param>
/// <param name="Detached">True: it goes on when its caller ends, is cancelled, or continues as new.</param>
public sealed record SubOrchestrationOptions(string? InstanceId = null, bool Detached = false)
{
    public static SubOrchestrationOptions Default { get; } = new();
}
