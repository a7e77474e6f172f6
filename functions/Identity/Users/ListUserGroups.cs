using Pipeline.Data;
using Pipeline.Identity.Groups;

namespace Pipeline.Identity.Users;

internal sealed class ListUserGroups(Database db, IdentityStore store, Policies policies, IdentityUrls urls)
{
    private const string Rule = "identity:list_groups_for_user";

    [Function("identity-list-user-groups"), Policy(Rule, Require.Token, Check = Checks.ReadUser), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/users/{user_id}/groups")]
            HttpRequest request,
        Caller caller,
        string userId
    )
    {
        var groups = await db.ReadAsync(async tx =>
        {
            var user = await store.FindUserAsync(tx, userId);
            policies.Enforce(Rule, caller, Targets.User(user));
            return await store.GroupsOfAsync(tx, user?.Id ?? throw Refusals.NotFound("user", userId));
        });
        var filter = ListFilter.Of(request);
        return GroupView.Answer(
            request,
            urls,
            groups.Where(group => filter.Fits(group.Name, group.DomainId, enabled: null)),
            urls.Links(request, $"users/{userId}/groups")
        );
    }
}
