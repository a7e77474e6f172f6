namespace Pipeline.Testing.Clouds;

/// <summary>The kinds of places in a cloud where a fault can strike.</summary>
public enum Where
{
    /// <summary>The functions host, before and after it does a step or sends it to its host.</summary>
    BeforeStep,
    AfterStep,

    /// <summary>The functions host, before and after a turn of an orchestration is on disk.</summary>
    BeforeCommit,
    AfterCommit,

    /// <summary>The functions host, before and after a host's answer is on disk.</summary>
    BeforeAnswer,
    AfterAnswer,

    /// <summary>The functions host, before and after each of its writes; where it shares its store only.</summary>
    BeforeWrite,
    AfterWrite,

    /// <summary>The functions host, before it renews its lease.</summary>
    BeforeRenewal,

    /// <summary>The agent, before and after an operation of a driver took effect.</summary>
    BeforeDriver,
    AfterDriver,

    /// <summary>The agent, after a step's answer is in its journal.</summary>
    AfterJournal,

    /// <summary>The agent, before it writes any line into its journal.</summary>
    BeforeJournal,

    /// <summary>The agent, before it drops a message that is done.</summary>
    BeforeDrop,

    /// <summary>A step on its way through its host's queue.</summary>
    Message,

    /// <summary>An answer on its way from the agent.</summary>
    Answer,
}

/// <param name="Name">The step's record name; at a commit the orchestrator's, at a driver its operation.</param>
/// <param name="Nth">Which of its passages, counted from 1.</param>
public sealed record Place(Where Where, string Name, int Nth = 1)
{
    public override string ToString() => $"{Where} {Name} #{Nth}";
}
