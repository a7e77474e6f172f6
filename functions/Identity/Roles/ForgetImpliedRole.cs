using Pipeline.Data;
using Pipeline.Identity.Changes;

namespace Pipeline.Identity.Roles;

/// <summary>The one role implies the other no more; tokens that have it by this alone end.</summary>
internal sealed class ForgetImpliedRole(Database db, IdentityStore store, ChangeLog changes)
{
    private const string Rule = "identity:delete_implied_role";

    [Function("identity-forget-implied-role"), Policy(Rule, Require.Admin), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = InferencePath.Route)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        [AsParameters] InferencePath path
    )
    {
        await db.WriteAsync(async tx =>
        {
            await store.LockGrantsAsync(tx);
            var (prior, implied) = await path.FindAsync(tx, store);
            if (!await store.DeleteImplicationAsync(tx, prior.Id, implied.Id))
                throw path.NotImplied();
            await changes.AddAsync(tx, Change.Roles(revokes: true));
            await tx.AuditAsync(caller.Audit(requestId, Rule, path.Target));
        });
        return Answer.NoContent();
    }
}
