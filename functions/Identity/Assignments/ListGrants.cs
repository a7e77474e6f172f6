using Pipeline.Data;
using Pipeline.Identity.Roles;

namespace Pipeline.Identity.Assignments;

/// <summary>The roles that a user has on a project, by assignments of their own.</summary>
internal sealed class ListGrants(Database db, IdentityStore store, IdentityUrls urls)
{
    [Function("identity-list-grants"), Policy("identity:list_grants", Require.Admin), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.ListRoute)] HttpRequest request,
        string projectId,
        string userId
    )
    {
        var path = new GrantPath(projectId, userId, "");
        var roles = await db.ReadAsync(async tx =>
        {
            var (project, user) = await path.FindPartiesAsync(tx, store);
            var assigned = await store.AssignedAsync(tx, user, project);
            return (await store.RolesAsync(tx, name: null)).Where(role => assigned.Contains(role.Id)).ToList();
        });
        return RoleView.Answer(request, urls, roles, $"projects/{projectId}/users/{userId}/roles");
    }
}
