using Pipeline.Data;
using Pipeline.Identity.Changes;
using Pipeline.Identity.Delegations;

namespace Pipeline.Identity.ApplicationCredentials;

/// <summary>The tokens that were got by it end.</summary>
internal sealed class DeleteCredential(Database db, IdentityStore store, Policies policies, ChangeLog changes)
{
    private const string Rule = "identity:delete_application_credential";

    [
        Function("identity-delete-application-credential"),
        Policy(Rule, Require.Token, Check = Checks.WriteOwn),
        Answers(204)
    ]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = ShowCredential.Route)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string userId,
        string credentialId
    )
    {
        policies.Enforce(Rule, caller, Targets.UserId(userId));
        Delegating.Check(caller, "application credentials");
        await db.WriteAsync(async tx =>
        {
            if (await store.FindCredentialAsync(tx, new(userId), credentialId) is null)
                throw Refusals.NotFound("Application Credential", credentialId);
            await store.DeleteCredentialAsync(tx, credentialId);
            await changes.AddAsync(tx, Change.Delegation(credentialId, revokes: true));
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"application_credential/{credentialId}"));
        });
        return Answer.NoContent();
    }
}
