using Pipeline.Data;

namespace Pipeline.Identity.Users;

internal sealed class ListUsers(Database db, IdentityStore store, IdentityUrls urls)
{
    [Function("identity-list-users"), Policy("identity:list_users", Require.Admin), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/users")] HttpRequest request
    )
    {
        var filter = ListFilter.Of(request);
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
