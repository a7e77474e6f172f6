using Pipeline.Contracts;

namespace Pipeline.Durable.Hub;

/// <summary>A host step as it leaves the engine by the outbox; the runtime seals its secrets and signs it.</summary>
public sealed record HostOrder(
    HostId Host,
    string ActivityId,
    string Resource,
    long Epoch,
    int Attempt,
    string Name,
    string Input,
    DateTimeOffset Deadline,
    IReadOnlyList<SecretId> Secrets
);
