namespace Pipeline.Durable.Hub;

/// <summary>Where a fault plan may stop the process or fail a step.</summary>
public enum EnginePoint
{
    /// <summary>Before a step is done here or sent to its host.</summary>
    BeforeStep,

    /// <summary>After a step's completion, or its order, is on disk.</summary>
    AfterStep,

    /// <summary>Before a turn of an orchestration is written.</summary>
    BeforeCommit,

    AfterCommit,

    /// <summary>Before a host's answer is written; named after the host's activity id.</summary>
    BeforeAnswer,

    AfterAnswer,

    /// <summary>Before a functions host renews its lease; named after the host.</summary>
    BeforeRenewal,
}
