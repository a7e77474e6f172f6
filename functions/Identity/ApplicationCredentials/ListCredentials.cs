using Pipeline.Data;
using Pipeline.Identity.Delegations;

namespace Pipeline.Identity.ApplicationCredentials;

internal sealed class ListCredentials(Database db, IdentityStore store, Policies policies, IdentityUrls urls)
{
    private const string Rule = "identity:list_application_credentials";

    [
        Function("identity-list-application-credentials"),
        Policy(Rule, Require.Token, Check = Checks.ReadOwn),
        Answers(200)
    ]
    public async Task<IResult> RunAsync(
        [HttpTrigger(
            AuthorizationLevel.Anonymous,
            "get",
            Route = "identity/v3/users/{user_id}/application_credentials"
        )]
            HttpRequest request,
        Caller caller,
        string userId
    )
    {
        policies.Enforce(Rule, caller, Targets.UserId(userId));
        Delegating.Check(caller, "application credentials");
        var name = Query.Of(request)["name"];
        var (found, roles) = await db.ReadAsync(async tx =>
            (await store.CredentialsAsync(tx, new(userId)), await store.RolesAsync(tx))
        );
        return Answer.Json(
            200,
            new CredentialList(
                [
                    .. found
                        .Where(one => name is null || one.Name == name)
                        .Select(one => CredentialView.Of(request, urls, one, roles)),
                ],
                urls.Links(request, $"users/{userId}/application_credentials")
            ),
            IdentityJson.Default.CredentialList
        );
    }
}
