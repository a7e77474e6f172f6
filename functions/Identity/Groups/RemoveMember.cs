using Pipeline.Data;
using Pipeline.Identity.Changes;

namespace Pipeline.Identity.Groups;

/// <summary>The user loses the roles that they had by the group, and the tokens that have them.</summary>
internal sealed class RemoveMember(Database db, IdentityStore store, Policies policies, ChangeLog changes)
{
    private const string Rule = "identity:remove_user_from_group";

    [Function("identity-remove-member"), Policy(Rule, Require.Token, Check = Checks.WriteMember), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = MemberPath.Route)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        [AsParameters] MemberPath path
    )
    {
        await db.WriteAsync(async tx =>
        {
            await store.LockGrantsAsync(tx);
            var (group, user) = await path.CheckAsync(tx, store, policies, Rule, caller);
            if (!await store.RemoveMemberAsync(tx, group, user))
                throw path.NotIn();
            await changes.AddAsync(tx, Change.Grants(revokes: true));
            await tx.AuditAsync(caller.Audit(requestId, Rule, path.Target));
        });
        return Answer.NoContent();
    }
}
