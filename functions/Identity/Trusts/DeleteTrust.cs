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
        Delegating.Check(caller, "trusts");
        await db.WriteAsync(async tx =>
        {
            var trust = await TrustPath.FindAsync(tx, store, policies, Rule, caller, trustId);
            await store.DeleteTrustAsync(tx, trust.Id);
            await changes.AddAsync(tx, Change.Delegation(trust.Id, revokes: true));
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"trust/{trust.Id}"));
        });
        return Answer.NoContent();
    }
}
