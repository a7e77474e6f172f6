namespace Pipeline.Contracts.Hosts;

/// <summary>A step on its way to a host. It is believed only when the control plane's signature over it is good.</summary>
/// <param name="Cloud">The cloud's id; an agent refuses another cloud's messages.</param>
/// <param name="Line">The database's line of epochs; it changes when the database is restored.</param>
/// <param name="ActivityId">Names the step: `{instance}/{generation}/{task}`. The same id again is answered from the journal.</param>
/// <param name="Resource">What the step changes; the agent handles one resource at a time.</param>
/// <param name="Epoch">The fence: a lower epoch than the highest one seen for the resource is answered `superseded`.</param>
/// <param name="Name">The activity record's type name.</param>
/// <param name="Input">The activity record as JSON.</param>
/// <param name="Deadline">After it the step is not begun any more.</param>
/// <param name="Secrets">Secrets by id, each sealed to the host's key.</param>
public sealed record HostMessage(
    string Cloud,
    long Line,
    HostId Host,
    string ActivityId,
    string Resource,
    long Epoch,
    int Attempt,
    string Name,
    string Input,
    DateTimeOffset Deadline,
    string? TraceParent,
    IReadOnlyDictionary<SecretId, byte[]> Secrets
);

/// <summary>A message or claim-check as it lies in a queue: the payload's bytes and the control plane's signature.</summary>
public sealed record SignedMessage(byte[] Payload, byte[] Signature);

/// <summary>An agent's answer to one step. Exactly one of result and fault is set.</summary>
/// <param name="Result">The activity's result as JSON.</param>
/// <param name="Fault">A failed step's fault; `Superseded` when the fence stood higher.</param>
public sealed record HostAnswer(string ActivityId, int Attempt, string? Result, FaultDetails? Fault, double Seconds);
