using Pipeline.Data;
using Pipeline.Identity.Changes;
using Pipeline.Identity.Groups;
using Pipeline.Identity.Roles;
using Pipeline.Identity.Tokens;
using Pipeline.Identity.Users;

namespace Pipeline.Identity.Assignments;

/// <summary>
/// The path of one assignment: on what (neither a project nor a domain is the system), whom, which role. Its parts must exist.
/// </summary>
/// <param name="RoleId">Null for the list of all roles.</param>
/// <param name="InheritedToProjects">True where it holds not on its target, but on all projects below.</param>
internal sealed record GrantPath(
    string? ProjectId = null,
    string? DomainId = null,
    string? UserId = null,
    string? GroupId = null,
    string? RoleId = null,
    bool InheritedToProjects = false
)
{
    private const string Root = "identity/v3";
    public const string ProjectUser = $"{Root}/projects/{{project_id}}/users/{{user_id}}/roles";
    public const string ProjectGroup = $"{Root}/projects/{{project_id}}/groups/{{group_id}}/roles";
    public const string DomainUser = $"{Root}/domains/{{domain_id}}/users/{{user_id}}/roles";
    public const string DomainGroup = $"{Root}/domains/{{domain_id}}/groups/{{group_id}}/roles";
    public const string SystemUser = $"{Root}/system/users/{{user_id}}/roles";
    public const string SystemGroup = $"{Root}/system/groups/{{group_id}}/roles";
    public const string BelowProjectUser = $"{Root}/OS-INHERIT/projects/{{project_id}}/users/{{user_id}}/roles";
    public const string BelowProjectGroup = $"{Root}/OS-INHERIT/projects/{{project_id}}/groups/{{group_id}}/roles";
    public const string BelowDomainUser = $"{Root}/OS-INHERIT/domains/{{domain_id}}/users/{{user_id}}/roles";
    public const string BelowDomainGroup = $"{Root}/OS-INHERIT/domains/{{domain_id}}/groups/{{group_id}}/roles";
    public const string One = "/{role_id}";
    public const string Inherited = "/inherited_to_projects";

    public string TargetKind =>
        ProjectId is not null ? Grant.OnProject
        : DomainId is not null ? Grant.OnDomain
        : Grant.OnSystem;

    public string TargetId => ProjectId ?? DomainId ?? "system";

    public string ActorKind => UserId is not null ? Grant.ToUser : Grant.ToGroup;

    public string ActorId => UserId ?? GroupId!;

    /// <summary>As audit records have it.</summary>
    public string Target => $"{TargetKind}/{TargetId}/{ActorKind}/{ActorId}/role/{RoleId}";

    public Grant Grant =>
        new()
        {
            ActorKind = ActorKind,
            ActorId = ActorId,
            TargetKind = TargetKind,
            TargetId = TargetKind == Grant.OnSystem ? TokenScope.System.Id : TargetId,
            RoleId = new(RoleId ?? ""),
            Inherited = InheritedToProjects,
        };

    /// <summary>What this changes for tokens: a user's own role is found by its place, other roles by looking at all.</summary>
    public Change Change(bool revokes) =>
        UserId is not null && ProjectId is not null && !InheritedToProjects
            ? Changes.Change.Assignment(new(UserId), new(ProjectId), revokes)
            : Changes.Change.Grants(revokes);

    public Fault NotGranted() =>
        Fault.NotFound(
            $"Could not find role assignment with role: {RoleId}, user or group: {ActorId}, "
                + $"project, domain, or system: {TargetId}."
        );

    /// <summary>Looks at the parts, asks the rule, and only then says what is missing.</summary>
    /// <exception cref="Fault">Forbidden; NotFound for the first part that does not exist.</exception>
    public async ValueTask CheckAsync(Tx tx, IdentityStore store, Policies policies, string rule, Caller caller)
    {
        var role = RoleId is null ? null : await store.FindRoleAsync(tx, RoleId);
        var user = UserId is null ? null : await store.FindUserAsync(tx, UserId);
        var group = GroupId is null ? null : await store.FindGroupAsync(tx, GroupId);
        var (found, domain) = await TargetAsync(tx, store);
        policies.Enforce(rule, caller, TargetOf(role, user, group, domain));
        if (RoleId is not null && role is null)
            throw Refusals.NotFound("role", RoleId);
        if (user is null && group is null)
            throw Refusals.NotFound(ActorKind, ActorId);
        if (!found)
            throw Refusals.NotFound(TargetKind, TargetId);
    }

    /// <exception cref="Fault">Forbidden for a role of another domain; BadRequest for one on the system.</exception>
    public async ValueTask CheckRoleAsync(Tx tx, IdentityStore store)
    {
        if ((await store.FindRoleAsync(tx, RoleId!))?.DomainId is not { Length: > 0 } ofDomain)
            return;
        if (TargetKind == Grant.OnSystem)
            throw Fault.BadRequest(
                $"Role {RoleId} is a domain-specific role. Unable to use a domain-specific role in a system assignment."
            );
        var (_, domain) = await TargetAsync(tx, store);
        if (domain != ofDomain)
            throw Fault.Forbidden(
                $"{(TargetKind == Grant.OnProject ? "Project" : "Domain")} {TargetId} must be in the same domain as the "
                    + $"role {RoleId} being assigned."
            );
    }

    private async ValueTask<(bool Found, string? Domain)> TargetAsync(Tx tx, IdentityStore store) =>
        TargetKind switch
        {
            Grant.OnProject => await store.FindProjectAsync(tx, TargetId) is { } project
                ? (true, project.DomainId.Value)
                : (false, null),
            Grant.OnDomain => await store.FindDomainAsync(tx, TargetId) is { } domain
                ? (true, domain.Id.Value)
                : (false, null),
            _ => (true, null),
        };

    private PolicyTarget TargetOf(Role? role, User? user, Group? group, string? domain)
    {
        var keys = new List<(string, string?)>();
        if (role is not null)
        {
            keys.Add(("target.role.name", role.Name));
            keys.Add(("target.role.domain_id", role.DomainId.Length > 0 ? role.DomainId : null));
        }
        if (user is not null)
            keys.Add(("target.user.domain_id", user.DomainId.Value));
        if (group is not null)
            keys.Add(("target.group.domain_id", group.DomainId.Value));
        if (domain is not null)
            keys.Add((TargetKind == Grant.OnProject ? "target.project.domain_id" : "target.domain.id", domain));
        return new([.. keys]);
    }
}
