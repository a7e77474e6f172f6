using Pipeline.Data;
using Pipeline.Identity.Users;

namespace Pipeline.Identity.Groups;

internal sealed class ListMembers(Database db, IdentityStore store, Policies policies, IdentityUrls urls)
{
    private const string Rule = "identity:list_users_in_group";

    [Function("identity-list-members"), Policy(Rule, Require.Token, Check = Checks.ReadGroup), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/groups/{group_id}/users")]
            HttpRequest request,
        Caller caller,
        string groupId
    )
    {
        var filter = ListFilter.Of(request).For(caller);
        var expiry = PasswordExpiry.Of(Query.Of(request));
        var users = await db.ReadAsync(async tx =>
        {
            var group = await store.FindGroupAsync(tx, groupId);
            policies.Enforce(Rule, caller, Targets.Group(group));
            return await store.UsersInAsync(tx, group?.Id ?? throw Refusals.NotFound("group", groupId));
        });
        return Answer.Json(
            200,
            new UserList(
                [
                    .. users
                        .Where(user => filter.Fits(user.Name, user.DomainId, user.Enabled))
                        .Where(user => expiry?.Fits(user.PasswordExpiresAt) != false)
                        .Select(user => UserView.Of(request, urls, user)),
                ],
                urls.Links(request, $"groups/{groupId}/users")
            ),
            IdentityJson.Default.UserList
        );
    }
}
