using System.Text.Json.Serialization;
using Pipeline.Identity.Cache;

namespace Pipeline.Identity.Assignments;

internal sealed record AssignmentList(IReadOnlyList<AssignmentView> RoleAssignments, ListLinks Links);

internal sealed record AssignmentView(
    AssignmentLinks Links,
    AssignmentScope Scope,
    AssignmentParty User,
    AssignmentParty Role
)
{
    public static AssignmentView Of(string root, Assignment assignment, RoleSet roles, bool names)
    {
        var (user, project, role) = (assignment.UserId.Value, assignment.ProjectId.Value, assignment.RoleId.Value);
        var from = assignment.ImpliedBy?.Value ?? role;
        return new(
            new($"{root}/projects/{project}/users/{user}/roles/{from}")
            {
                PriorRole = assignment.ImpliedBy is null ? null : $"{root}/prior_role/{from}/implies/{role}",
            },
            new(
                names
                    ? new(project, assignment.ProjectName)
                    {
                        Domain = new(assignment.ProjectDomainId, assignment.ProjectDomainName),
                    }
                    : new(project)
            ),
            names
                ? new(user, assignment.UserName) { Domain = new(assignment.UserDomainId, assignment.UserDomainName) }
                : new(user),
            names ? new(role, roles.Find(assignment.RoleId)?.Name) : new(role)
        );
    }
}

internal sealed record AssignmentLinks(string Assignment)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PriorRole { get; init; }
}

internal sealed record AssignmentScope(AssignmentParty Project);

/// <param name="Name">Shown, as the domain is, when the client asks for names.</param>
internal sealed record AssignmentParty(
    string Id,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Name = null
)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AssignmentParty? Domain { get; init; }
}
