using System.Text.Json.Serialization;
using Pipeline.Identity.Cache;

namespace Pipeline.Identity.Assignments;

internal sealed record AssignmentList(IReadOnlyList<AssignmentView> RoleAssignments, ListLinks Links);

internal sealed record AssignmentView(
    AssignmentLinks Links,
    AssignmentScope Scope,
    [property: JsonPropertyOrder(1)] AssignmentParty Role
)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AssignmentParty? User { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AssignmentParty? Group { get; init; }

    /// <param name="root">The URL of this API, without trailing slash.</param>
    public static AssignmentView Of(string root, Assignment assignment, RoleSet roles, bool names)
    {
        var actor = names
            ? new AssignmentParty(assignment.ActorId, assignment.ActorName)
            {
                Domain = new(assignment.ActorDomainId, assignment.ActorDomainName),
            }
            : new(assignment.ActorId);
        return new(LinksOf(root, assignment), ScopeOf(assignment, names), RoleOf(assignment.RoleId, roles, names))
        {
            User = assignment.ActorKind == Grant.ToUser ? actor : null,
            Group = assignment.ActorKind == Grant.ToGroup ? actor : null,
        };
    }

    private static AssignmentParty RoleOf(RoleId id, RoleSet roles, bool names)
    {
        if (!names || roles.Find(id) is not { } role)
            return new(id.Value);
        return new(id.Value, role.Name)
        {
            Domain = role.OfDomain ? new(role.DomainId, roles.DomainName(role.DomainId)) : null,
        };
    }

    private static AssignmentLinks LinksOf(string root, Assignment assignment)
    {
        var grant = assignment.From ?? assignment;
        var (role, from) = (assignment.RoleId.Value, assignment.ImpliedBy?.Value ?? assignment.RoleId.Value);
        var target = grant.TargetKind == Grant.OnSystem ? "system" : $"{grant.TargetKind}s/{grant.TargetId}";
        var path = $"{target}/{grant.ActorKind}s/{grant.ActorId}/roles/{from}";
        return new($"{root}/{(grant.Inherited ? $"OS-INHERIT/{path}/inherited_to_projects" : path)}")
        {
            PriorRole = assignment.ImpliedBy is null ? null : $"{root}/prior_role/{from}/implies/{role}",
            Membership =
                grant.ActorKind == Grant.ToGroup && assignment.ActorKind == Grant.ToUser
                    ? $"{root}/groups/{grant.ActorId}/users/{assignment.ActorId}"
                    : null,
        };
    }

    private static AssignmentScope ScopeOf(Assignment assignment, bool names)
    {
        var target = names ? new AssignmentParty(assignment.TargetId, assignment.TargetName) : new(assignment.TargetId);
        if (names && assignment.TargetDomainId is { } domain)
            target = target with { Domain = new(domain, assignment.TargetDomainName) };
        return new()
        {
            Project = assignment.TargetKind == Grant.OnProject ? target : null,
            Domain = assignment.TargetKind == Grant.OnDomain ? target : null,
            System = assignment.TargetKind == Grant.OnSystem ? new(All: true) : null,
            InheritedTo = assignment.Inherited ? "projects" : null,
        };
    }
}

internal sealed record AssignmentLinks(string Assignment)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PriorRole { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Membership { get; init; }
}

internal sealed record WholeSystem(bool All);

internal sealed record AssignmentScope
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AssignmentParty? Project { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AssignmentParty? Domain { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public WholeSystem? System { get; init; }

    [JsonPropertyName("OS-INHERIT:inherited_to"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? InheritedTo { get; init; }
}

/// <param name="Name">Shown, as the domain is, when the client asks for names.</param>
internal sealed record AssignmentParty(
    string Id,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Name = null
)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AssignmentParty? Domain { get; init; }
}
