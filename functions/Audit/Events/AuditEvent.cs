namespace Pipeline.Audit.Events;

/// <summary>An audit record as it lies in the database. What it has of a chain is null until it is sealed.</summary>
internal sealed record AuditEvent
{
    public long Seq { get; init; }
    public DateTimeOffset At { get; init; }

    /// <summary>Null for the cloud itself, and where nobody was authenticated.</summary>
    public UserId? UserId { get; init; }

    /// <summary>The project, or the domain, that the token was scoped to; with a project, the domain is the project's.</summary>
    public ProjectId? ProjectId { get; init; }
    public DomainId? DomainId { get; init; }
    public string RequestId { get; init; } = "";
    public string Rule { get; init; } = "";

    /// <summary>What was changed, as `server/{id}`.</summary>
    public string Target { get; init; } = "";
    public string Result { get; init; } = "";
    public string? Chain { get; init; }
    public long? Number { get; init; }

    /// <summary>The hash of the record before it in its chain; empty for the first one.</summary>
    public string? Previous { get; init; }
    public string? Hash { get; init; }

    /// <summary>Some targets are the only ones of their type, as `cloud`: they have no id.</summary>
    public (string Type, string? Id) TargetParts() =>
        Target.IndexOf('/') is > 0 and var at ? (Target[..at], Target[(at + 1)..]) : (Target, null);
}
