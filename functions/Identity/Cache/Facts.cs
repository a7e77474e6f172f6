namespace Pipeline.Identity.Cache;

/// <summary>A user as logins and tokens need it.</summary>
internal sealed record UserFacts
{
    public UserId Id { get; init; }
    public string Name { get; init; } = "";
    public DomainId DomainId { get; init; }
    public string DomainName { get; init; } = "";
    public ProjectId? DefaultProjectId { get; init; }

    /// <summary>False when the user or their domain is disabled.</summary>
    public bool Enabled { get; init; }

    /// <summary>Null for a user who has no password.</summary>
    public string? PasswordHash { get; init; }

    public override string ToString() => $"user {Id}"; // a record would print the hash
}

/// <summary>A project as logins and tokens need it.</summary>
internal sealed record ProjectFacts
{
    public ProjectId Id { get; init; }
    public string Name { get; init; } = "";
    public DomainId DomainId { get; init; }
    public string DomainName { get; init; } = "";

    /// <summary>False when the project or its domain is disabled.</summary>
    public bool Enabled { get; init; }
}

internal sealed record DomainFacts
{
    public DomainId Id { get; init; }
    public string Name { get; init; } = "";
    public bool Enabled { get; init; }
}

internal sealed record RoleFacts
{
    public RoleId Id { get; init; }
    public int Number { get; init; }
    public string Name { get; init; } = "";

    /// <summary>Empty for a role of the whole cloud.</summary>
    public string DomainId { get; init; } = "";
    public string? DomainName { get; init; }

    /// <summary>Only what it implies counts: such a role stands in no token.</summary>
    public bool OfDomain => DomainId.Length > 0;
}

internal sealed record Implication
{
    public RoleId RoleId { get; init; }
    public RoleId ImpliedId { get; init; }
}
