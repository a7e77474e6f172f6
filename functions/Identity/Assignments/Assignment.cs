namespace Pipeline.Identity.Assignments;

/// <summary>A grant, or what follows from one, with the names that answers may show.</summary>
internal sealed record Assignment
{
    public string ActorKind { get; init; } = Grant.ToUser;
    public string ActorId { get; init; } = "";
    public string ActorName { get; init; } = "";
    public string ActorDomainId { get; init; } = "";
    public string ActorDomainName { get; init; } = "";
    public string TargetKind { get; init; } = Grant.OnProject;
    public string TargetId { get; init; } = "";
    public string? TargetName { get; init; }
    public string? TargetDomainId { get; init; }
    public string? TargetDomainName { get; init; }
    public RoleId RoleId { get; init; }
    public bool Inherited { get; init; }

    /// <summary>The grant that this one follows from; null for a grant itself.</summary>
    public Assignment? From { get; init; }

    /// <summary>The role that was assigned, where this one follows from it.</summary>
    public RoleId? ImpliedBy { get; init; }
}

/// <summary>A user in a group.</summary>
internal sealed record MemberRow
{
    public string GroupId { get; init; } = "";
    public string Id { get; init; } = "";
    public string Name { get; init; } = "";
    public string DomainId { get; init; } = "";
    public string DomainName { get; init; } = "";
}

/// <summary>A project with its place in the tree.</summary>
internal sealed record ProjectRow
{
    public string Id { get; init; } = "";
    public string Name { get; init; } = "";
    public string? ParentId { get; init; }
    public string DomainId { get; init; } = "";
    public string DomainName { get; init; } = "";
}
