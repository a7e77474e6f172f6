using System.Text.Json.Serialization;

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
)
{
    /// <summary>How far the database's history had come when the message was sent.</summary>
    public Milestone? Milestone { get; init; }
}

/// <summary>A host message as it lies in a queue. Over 32 KiB the payload lies in a blob, and its name here (claim check).</summary>
/// <param name="Payload">The host message as JSON; null when it lies in a blob.</param>
/// <param name="Signature">The control plane's ECDSA P-256 signature (SHA-256, IEEE P1363) over the payload, wherever it lies.</param>
public sealed record SignedMessage(
    // Left out when null: written as null, bytes would come back as none.
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] byte[]? Payload,
    string? Blob,
    byte[] Signature
);

/// <summary>A message as it is pulled through the functions host from the database queue.</summary>
public sealed record PulledMessage(string Id, string PopReceipt, long DequeueCount, byte[] Body);

/// <param name="Max">1 to 32.</param>
/// <param name="VisibilitySeconds">1 to 7 days.</param>
public sealed record PullRequest(int Max, int VisibilitySeconds);

/// <summary>Renews a pulled message; zero seconds ends (deletes) it.</summary>
public sealed record HoldRequest(string Id, string PopReceipt, int VisibilitySeconds);

/// <summary>An agent's answer to one step. Exactly one of result and fault is set.</summary>
/// <param name="Result">The activity's result as JSON.</param>
/// <param name="Fault">A failed step's fault; `Superseded` when the fence stood higher.</param>
public sealed record HostAnswer(string ActivityId, int Attempt, string? Result, FaultDetails? Fault, double Seconds);
