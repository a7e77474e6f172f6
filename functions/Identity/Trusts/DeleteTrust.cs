using Pipeline.Data;
using Pipeline.Identity.Changes;
using Pipeline.Identity.Delegations;

namespace Pipeline.Identity.Trusts;

/// <summary>The tokens that were got on it end.</summary>
internal sealed class DeleteTrust(Database db, IdentityStore store, Policies policies, ChangeLog changes)
{
    private const string Rule = "identity:delete_trust";

    [
        Function("identity-delete-trust"),
        Policy(Rule, Require.Token, Check = $"{Checks.Admin} or user_id:%(target.trust.trustor_user_id)s"),
        Answers(204)
    ]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = TrustPath.One)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string trustId
    )
    {
        TrustPath.Check(caller);
        await db.WriteAsync(async tx =>
        {
            await store.LockGrantsAsync(tx); // it may be lent on meanwhile
            var trust = await TrustPath.FindAsync(tx, store, policies, Rule, caller, trustId);
            if (caller.TrustId is { } own && own != trust.Id && own != trust.RedelegatedTrustId)
                throw Fault.Forbidden("A trust's token deletes that trust, and those that were lent on from it.");
            await Delegating.EndAsync(tx, store, changes, trust.Id);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"trust/{trust.Id}"));
        });
        return Answer.NoContent();
    }
}
