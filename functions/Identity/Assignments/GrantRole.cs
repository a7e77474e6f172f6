using Pipeline.Data;
using Pipeline.Identity.Changes;

namespace Pipeline.Identity.Assignments;

/// <summary>Gives a user a role on a project; tokens issued before do not have it.</summary>
internal sealed class GrantRole(Database db, IdentityStore store, ChangeLog changes)
{
    private const string Rule = "identity:create_grant";

    [Function("identity-grant-role"), Policy(Rule, Require.Admin), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = GrantPath.Route)] HttpRequest request,
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
            if (!await store.AddAssignmentAsync(tx, user, project, role))
                return; // given already
            await changes.AddAsync(tx, Change.Assignment(user, project, revokes: false));
            await tx.AuditAsync(caller.Audit(requestId, Rule, path.Target));
        });
        return Answer.NoContent();
    }
}
