namespace Pipeline.Identity.Changes;

/// <summary>
/// Something that tokens or caches must know of. Every functions host reads the changes in the order of their versions;
/// a token names the version that its issuer had seen, so no clock decides what a revocation hits.
/// </summary>
internal sealed record Change
{
    /// <summary>Any user, project, role or domain.</summary>
    public const string OfAll = "all";
    public const string OfUser = "user";
    public const string OfProject = "project";

    /// <summary>The roles of a user on a project.</summary>
    public const string OfAssignment = "assignment";
    public const string OfRoles = "roles";

    /// <summary>The roles of anybody anywhere: of a group, inherited, on a domain or the system.</summary>
    public const string OfGrants = "grants";
    public const string OfCatalog = "catalog";
    public const string OfDomain = "domain";

    /// <summary>An application credential or a trust.</summary>
    public const string OfDelegation = "delegation";
    public const string OfToken = "token";

    public long Version { get; init; }
    public string Kind { get; init; } = "";
    public UserId? UserId { get; init; }
    public ProjectId? ProjectId { get; init; }

    /// <summary>The audit id of a token that ends, with all that were got by it.</summary>
    public string? AuditId { get; init; }

    /// <summary>The id of a domain, an application credential or a trust.</summary>
    public string? Subject { get; init; }

    /// <summary>True when tokens issued before it end; false when only names or roles are to be read again.</summary>
    public bool Revokes { get; init; }

    /// <summary>When the last token that it may revoke has expired.</summary>
    public DateTimeOffset KeptUntil { get; init; }

    public static Change User(UserId user, bool revokes) =>
        new()
        {
            Kind = OfUser,
            UserId = user,
            Revokes = revokes,
        };

    public static Change Project(ProjectId project, bool revokes) =>
        new()
        {
            Kind = OfProject,
            ProjectId = project,
            Revokes = revokes,
        };

    public static Change Assignment(UserId user, ProjectId project, bool revokes) =>
        new()
        {
            Kind = OfAssignment,
            UserId = user,
            ProjectId = project,
            Revokes = revokes,
        };

    /// <param name="revokes">True when a role, or what it implies, is gone: tokens must have no more than their users.</param>
    public static Change Roles(bool revokes) => new() { Kind = OfRoles, Revokes = revokes };

    /// <inheritdoc cref="Roles"/>
    public static Change Grants(bool revokes) => new() { Kind = OfGrants, Revokes = revokes };

    public static Change Domain(DomainId domain, bool revokes) =>
        new()
        {
            Kind = OfDomain,
            Subject = domain.Value,
            Revokes = revokes,
        };

    public static Change Delegation(string id, bool revokes) =>
        new()
        {
            Kind = OfDelegation,
            Subject = id,
            Revokes = revokes,
        };

    public static Change Catalog() => new() { Kind = OfCatalog };

    public static Change All() => new() { Kind = OfAll };

    public static Change Token(string auditId) =>
        new()
        {
            Kind = OfToken,
            AuditId = auditId,
            Revokes = true,
        };
}

/// <param name="Version">The last change that is committed.</param>
/// <param name="Forgotten">Changes up to this one are no longer kept.</param>
internal sealed record ChangeState
{
    public long Version { get; init; }
    public long Forgotten { get; init; }
}
