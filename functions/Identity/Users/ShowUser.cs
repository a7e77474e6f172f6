using Pipeline.Data;

namespace Pipeline.Identity.Users;

internal sealed class ShowUser(Database db, IdentityStore store, Policies policies, IdentityUrls urls)
{
    private const string Rule = "identity:get_user";

    [Function("identity-show-user"), Policy(Rule, Require.Token, Check = Checks.ReadUser), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/users/{user_id}")] HttpRequest request,
        Caller caller,
        string userId
    )
    {
        var user = await db.ReadAsync(tx => store.FindUserAsync(tx, userId));
        policies.Enforce(Rule, caller, Targets.User(user));
        return UserView.Answer(200, request, urls, user ?? throw Refusals.NotFound("user", userId));
    }
}
