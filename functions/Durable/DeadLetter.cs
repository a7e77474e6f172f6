using Pipeline.Contracts;

namespace Pipeline.Durable;

/// <summary>Something that was given up, and waits for an operator's word. Secrets are in it by their ids alone.</summary>
/// <param name="Id">Later ones have higher numbers.</param>
/// <param name="Kind">One of <see cref="DeadLetterKind"/>.</param>
/// <param name="Subject">What it is about: a step's activity id, an instance, a host's answer, a queue's message.</param>
/// <param name="Name">The step's, the orchestration's or the function's.</param>
/// <param name="Fault">Why it was given up.</param>
public sealed record DeadLetter(
    long Id,
    string Kind,
    string Subject,
    string? InstanceId,
    string Name,
    FaultDetails Fault,
    DateTimeOffset At
);

public static class DeadLetterKind
{
    /// <summary>A step that killed the functions hosts that did it; its orchestration was told that it failed.</summary>
    public const string Step = "Step";

    /// <summary>A turn that killed the functions hosts that ran it, or cannot be written; its orchestration is blocked.</summary>
    public const string Turn = "Turn";

    /// <summary>A host's answer to a step of an orchestration that nobody knows.</summary>
    public const string Answer = "Answer";

    /// <summary>A queue's message that its function could not handle.</summary>
    public const string Message = "Message";
}

/// <summary>A message as it is put back: at the end of its queue, as a new one.</summary>
/// <param name="Function">Whose trigger took it.</param>
public sealed record DeadMessage(string Function, string Queue, string MessageId, byte[] Body);
