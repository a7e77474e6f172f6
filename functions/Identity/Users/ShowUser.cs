using Pipeline.Data;

namespace Pipeline.Identity.Users;

/// <summary>For admins, and for the user.</summary>
internal sealed class ShowUser(Database db, IdentityStore store, IdentityUrls urls)
{
    private const string Rule = "identity:get_user";

    [Function("identity-show-user"), Policy(Rule, Require.Token), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/users/{user_id}")] HttpRequest request,
        Caller caller,
        string userId
    )
    {
        if (!caller.IsAdmin && caller.UserId.Value != userId)
            throw Refusals.Forbidden(Rule);
        var user = await db.ReadAsync(tx => store.FindUserAsync(tx, userId)) ?? throw Refusals.NotFound("user", userId);
        return UserView.Answer(200, request, urls, user);
    }
}
