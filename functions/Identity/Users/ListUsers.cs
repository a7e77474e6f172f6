using Pipeline.Data;

namespace Pipeline.Identity.Users;

internal sealed class ListUsers(Database db, IdentityStore store, Policies policies, IdentityUrls urls)
{
    private const string Rule = "identity:list_users";

    [Function("identity-list-users"), Policy(Rule, Require.Token, Check = Checks.ListInDomain), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/users")] HttpRequest request,
        Caller caller
    )
    {
        policies.Enforce(Rule, caller, Targets.List(caller));
        var query = Query.Of(request);
        var filter = ListFilter.Of(request).For(caller) with
        {
            PasswordExpires = PasswordExpiry.Of(query),
            SentBy = (query["idp_id"], query["unique_id"], query["protocol_id"]),
        };
        var rows = await db.ReadAsync(tx => store.UsersAsync(tx, filter));
        var (page, next) = filter.Take(rows, user => user.Name, user => user.Id.Value);
        return Answer.Json(
            200,
            new UserList(
                [.. page.Select(user => UserView.Of(request, urls, user))],
                urls.Links(request, "users", next)
            ),
            IdentityJson.Default.UserList
        );
    }
}
