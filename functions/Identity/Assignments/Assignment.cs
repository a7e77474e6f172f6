using Pipeline.Identity.Cache;

namespace Pipeline.Identity.Assignments;

/// <summary>A role of a user on a project, with the names that answers may show.</summary>
internal sealed record Assignment
{
    public UserId UserId { get; init; }
    public string UserName { get; init; } = "";
    public string UserDomainId { get; init; } = "";
    public string UserDomainName { get; init; } = "";
    public ProjectId ProjectId { get; init; }
    public string ProjectName { get; init; } = "";
    public string ProjectDomainId { get; init; } = "";
    public string ProjectDomainName { get; init; } = "";
    public RoleId RoleId { get; init; }

    /// <summary>The assigned role that implies this one; null for an assignment of its own.</summary>
    public RoleId? ImpliedBy { get; init; }

    /// <summary>The assignment itself, and one for each role that it implies.</summary>
    public IEnumerable<Assignment> Effective(RoleSet roles) =>
        roles
            .Implied(RoleId)
            .Select(role => role.Id == RoleId ? this : this with { RoleId = role.Id, ImpliedBy = RoleId });
}
