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
    public const string OfToken = "token";

    public long Version { get; init; }
    public string Kind { get; init; } = "";
    public UserId? UserId { get; init; }
    public ProjectId? ProjectId { get; init; }

    /// <summary>The audit id of a token that ends, with all that were got by it.</summary>
    public string? AuditId { get; init; }

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

    public static Change Roles() => new() { Kind = OfRoles };

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
