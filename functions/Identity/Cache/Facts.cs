using Pipeline.Identity.Users;

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

    /// <summary>Null: it holds until it is changed.</summary>
    public DateTimeOffset? PasswordExpiresAt { get; init; }
    public DateTimeOffset? PasswordChangedAt { get; init; }

    /// <summary>True for a password that its user has chosen, false for one that was given.</summary>
    public bool? PasswordChosen { get; init; }
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>To the day; null where nobody keeps it.</summary>
    public DateTimeOffset? LastActiveAt { get; init; }

    /// <summary>JSON, an object; <see cref="Asks"/> is what it says.</summary>
    public string Options { get; init; } = Extras.None;

    public UserOptions Asks => UserOptions.Parse(Options);

    public bool PasswordIsOver(DateTimeOffset now) => PasswordExpiresAt <= now && Asks.IgnorePasswordExpiry != true;

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
