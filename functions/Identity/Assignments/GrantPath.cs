using Pipeline.Data;

namespace Pipeline.Identity.Assignments;

/// <summary>The path of one assignment, whose three parts must exist.</summary>
internal sealed record GrantPath(string ProjectId, string UserId, string RoleId)
{
    public const string Route = $"{ListRoute}/{{role_id}}";
    public const string ListRoute = "identity/v3/projects/{project_id}/users/{user_id}/roles";

    public string Target => $"project/{ProjectId}/user/{UserId}/role/{RoleId}";

    /// <exception cref="Fault">NotFound for the first part that does not exist.</exception>
    public async ValueTask<(ProjectId Project, UserId User, RoleId Role)> FindAsync(Tx tx, IdentityStore store)
    {
        var role = await store.FindRoleAsync(tx, RoleId) ?? throw Refusals.NotFound("role", RoleId);
        var (project, user) = await FindPartiesAsync(tx, store);
        return (project, user, role.Id);
    }

    public async ValueTask<(ProjectId Project, UserId User)> FindPartiesAsync(Tx tx, IdentityStore store)
    {
        var user = await store.FindUserAsync(tx, UserId) ?? throw Refusals.NotFound("user", UserId);
        var project = await store.FindProjectAsync(tx, ProjectId) ?? throw Refusals.NotFound("project", ProjectId);
        return (project.Id, user.Id);
    }

    public Fault NotGranted() =>
        Fault.NotFound(
            $"Could not find role assignment with role: {RoleId}, user or group: {UserId}, "
                + $"project, domain, or system: {ProjectId}."
        );
}
