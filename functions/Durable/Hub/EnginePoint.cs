namespace Pipeline.Durable.Hub;

/// <summary>Where a fault plan may stop the process or fail a step.</summary>
public enum EnginePoint
{
    BeforeStep,
    AfterStep,
    BeforeCommit,
    AfterCommit,
}

/// <summary>Thrown by a fault plan: the functions host is gone from here on and writes nothing more.</summary>
public sealed class ProcessDiedException() : Exception("the process died here, as the fault plan has it");
