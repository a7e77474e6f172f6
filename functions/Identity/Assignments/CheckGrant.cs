using Pipeline.Data;

namespace Pipeline.Identity.Assignments;

/// <summary>GET and HEAD: 204 when the user has the role on the project, by an assignment of its own.</summary>
internal sealed class CheckGrant(Database db, IdentityStore store)
{
    [Function("identity-check-grant"), Policy("identity:check_grant", Require.Admin), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.Route)] HttpRequest request,
        string projectId,
        string userId,
        string roleId
    )
    {
        var path = new GrantPath(projectId, userId, roleId);
        var granted = await db.ReadAsync(async tx =>
        {
            var (project, user, role) = await path.FindAsync(tx, store);
            return (await store.AssignedAsync(tx, user, project)).Contains(role);
        });
        return granted ? Answer.NoContent() : throw path.NotGranted();
    }
}
