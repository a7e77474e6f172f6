using Pipeline.Data;
using Pipeline.Identity.Changes;
using Pipeline.Identity.Delegations;

namespace Pipeline.Identity.Users;

internal sealed class DeleteUser(Database db, IdentityStore store, Policies policies, ChangeLog changes)
{
    private const string Rule = "identity:delete_user";

    [Function("identity-delete-user"), Policy(Rule, Require.Token, Check = Checks.WriteUser), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "identity/v3/users/{user_id}")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string userId
    )
    {
        await db.WriteAsync(async tx =>
        {
            await store.LockGrantsAsync(tx);
            var found = await store.FindUserAsync(tx, userId);
            policies.Enforce(Rule, caller, Targets.User(found));
            var user = found ?? throw Refusals.NotFound("user", userId);
            await Delegating.EndAsync(tx, store, changes, user.Id, project: null);
            await store.DeleteUserAsync(tx, user.Id);
            await changes.AddAsync(tx, Change.User(user.Id, revokes: true));
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"user/{user.Id}"));
        });
        return Answer.NoContent();
    }
}
