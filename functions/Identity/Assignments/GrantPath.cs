using Pipeline.Data;
using Pipeline.Identity.Changes;
using Pipeline.Identity.Groups;
using Pipeline.Identity.Roles;
using Pipeline.Identity.Tokens;
using Pipeline.Identity.Users;

namespace Pipeline.Identity.Assignments;

/// <summary>The path of one assignment: whom, on what, which role. Its parts must exist.</summary>
/// <param name="RoleId">Empty for the list of all roles.</param>
internal sealed record GrantPath(
    string TargetKind,
    string TargetId,
    string ActorKind,
    string ActorId,
    string RoleId,
    bool Inherited = false
)
{
    private const string Root = "identity/v3";
    public const string ProjectUsers = $"{Root}/projects/{{project_id}}/users/{{user_id}}/roles";
    public const string ProjectGroups = $"{Root}/projects/{{project_id}}/groups/{{group_id}}/roles";
    public const string DomainUsers = $"{Root}/domains/{{domain_id}}/users/{{user_id}}/roles";
    public const string DomainGroups = $"{Root}/domains/{{domain_id}}/groups/{{group_id}}/roles";
    public const string SystemUsers = $"{Root}/system/users/{{user_id}}/roles";
    public const string SystemGroups = $"{Root}/system/groups/{{group_id}}/roles";
    public const string BelowProjectUsers = $"{Root}/OS-INHERIT/projects/{{project_id}}/users/{{user_id}}/roles";
    public const string BelowProjectGroups = $"{Root}/OS-INHERIT/projects/{{project_id}}/groups/{{group_id}}/roles";
    public const string BelowDomainUsers = $"{Root}/OS-INHERIT/domains/{{domain_id}}/users/{{user_id}}/roles";
    public const string BelowDomainGroups = $"{Root}/OS-INHERIT/domains/{{domain_id}}/groups/{{group_id}}/roles";
    public const string One = "/{role_id}";
    public const string OneInherited = "/{role_id}/inherited_to_projects";
    public const string AllInherited = "/inherited_to_projects";

    public string Target => $"{TargetKind}/{TargetId}/{ActorKind}/{ActorId}/role/{RoleId}";

    public Grant Grant =>
        new()
        {
            ActorKind = ActorKind,
            ActorId = ActorId,
            TargetKind = TargetKind,
            TargetId = TargetKind == Grant.OnSystem ? TokenScope.System.Id : TargetId,
            RoleId = new(RoleId),
            Inherited = Inherited,
        };

    /// <summary>What this changes for tokens: a user's own role is found by its place, other roles by looking at all.</summary>
    public Change Change(bool revokes) =>
        ActorKind == Grant.ToUser && !Inherited && TargetKind == Grant.OnProject
            ? Changes.Change.Assignment(new(ActorId), new(TargetId), revokes)
            : Changes.Change.Grants(revokes);

    public Fault NotGranted() =>
        Fault.NotFound(
            $"Could not find role assignment with role: {RoleId}, user or group: {ActorId}, "
                + $"project, domain, or system: {(TargetKind == Grant.OnSystem ? "system" : TargetId)}."
        );

    /// <summary>Looks at the parts, asks the rule, and only then says what is missing.</summary>
    /// <exception cref="Fault">Forbidden; NotFound for the first part that does not exist.</exception>
    public async ValueTask CheckAsync(Tx tx, IdentityStore store, Policies policies, string rule, Caller caller)
    {
        var role = RoleId.Length == 0 ? null : await store.FindRoleAsync(tx, RoleId);
        var user = ActorKind == Grant.ToUser ? await store.FindUserAsync(tx, ActorId) : null;
        var group = ActorKind == Grant.ToGroup ? await store.FindGroupAsync(tx, ActorId) : null;
        var (found, domain) = await TargetAsync(tx, store);
        policies.Enforce(rule, caller, TargetOf(role, user, group, domain));
        if (RoleId.Length > 0 && role is null)
            throw Refusals.NotFound("role", RoleId);
        if (user is null && group is null)
            throw Refusals.NotFound(ActorKind, ActorId);
        if (!found)
            throw Refusals.NotFound(TargetKind, TargetId);
    }

    /// <exception cref="Fault">Forbidden for a role of another domain; BadRequest for one on the system.</exception>
    public async ValueTask CheckRoleAsync(Tx tx, IdentityStore store)
    {
        if ((await store.FindRoleAsync(tx, RoleId))?.DomainId is not { Length: > 0 } ofDomain)
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
