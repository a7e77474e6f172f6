namespace Pipeline.Identity.Tokens;

internal enum ScopeKind : byte
{
    None,
    Project,
    Domain,
    System,

    /// <summary>Of no token: what a login that is not done yet has shown.</summary>
    Receipt,
}

/// <summary>What a token is good for, and what a role is assigned on.</summary>
/// <param name="Id">Of the project or domain; a fixed word for the system; empty for none.</param>
internal readonly record struct TokenScope(ScopeKind Kind, string Id)
{
    public static TokenScope None => new(ScopeKind.None, "");

    public static TokenScope System => new(ScopeKind.System, "system");

    public static TokenScope Receipt => new(ScopeKind.Receipt, "");

    public static TokenScope Of(ProjectId project) => new(ScopeKind.Project, project.Value);

    public static TokenScope Of(DomainId domain) => new(ScopeKind.Domain, domain.Value);

    public ProjectId? Project => Kind == ScopeKind.Project ? new ProjectId(Id) : null;

    public DomainId? Domain => Kind == ScopeKind.Domain ? new DomainId(Id) : null;

    /// <summary>As grants name it in the database.</summary>
    public string Word =>
        Kind switch
        {
            ScopeKind.Project => Assignments.Grant.OnProject,
            ScopeKind.Domain => Assignments.Grant.OnDomain,
            _ => Assignments.Grant.OnSystem,
        };
}
