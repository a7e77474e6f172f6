using Pipeline.Data;
using Pipeline.Identity.Delegations;

namespace Pipeline.Identity.ApplicationCredentials;

internal sealed class ShowCredential(Database db, IdentityStore store, Policies policies, IdentityUrls urls)
{
    public const string Route = "identity/v3/users/{user_id}/application_credentials/{credential_id}";
    private const string Rule = "identity:get_application_credential";

    [
        Function("identity-show-application-credential"),
        Policy(Rule, Require.Token, Check = Checks.ReadOwn),
        Answers(200)
    ]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest request,
        Caller caller,
        string userId,
        string credentialId
    )
    {
        policies.Enforce(Rule, caller, Targets.UserId(userId));
        Delegating.Check(caller, "application credentials");
        var (found, roles) = await db.ReadAsync(async tx =>
            (await store.FindCredentialAsync(tx, new(userId), credentialId), await store.RolesAsync(tx))
        );
        var credential = found ?? throw Refusals.NotFound("Application Credential", credentialId);
        return Answer.Json(
            200,
            new CredentialDocument(CredentialView.Of(request, urls, credential, roles)),
            IdentityJson.Default.CredentialDocument
        );
    }
}
