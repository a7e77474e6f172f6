using Pipeline.Data;
using Pipeline.Identity.Changes;

namespace Pipeline.Identity.Assignments;

/// <summary>Takes a role from a user; their tokens for the project end.</summary>
internal sealed class RevokeRole(Database db, IdentityStore store, ChangeLog changes)
{
    private const string Rule = "identity:revoke_grant";

    [Function("identity-revoke-role"), Policy(Rule, Require.Admin), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = GrantPath.Route)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string projectId,
        string userId,
        string roleId
    )
    {
        var path = new GrantPath(projectId, userId, roleId);
        await db.WriteAsync(async tx =>
        {
            var (project, user, role) = await path.FindAsync(tx, store);
            if (!await store.DeleteAssignmentAsync(tx, user, project, role))
                throw path.NotGranted();
            await changes.AddAsync(tx, Change.Assignment(user, project, revokes: true));
            await tx.AuditAsync(caller.Audit(requestId, Rule, path.Target));
        });
        return Answer.NoContent();
    }
}
