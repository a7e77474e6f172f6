using Pipeline.Data;

namespace Pipeline.Identity.Groups;

internal sealed class ShowGroup(Database db, IdentityStore store, Policies policies, IdentityUrls urls)
{
    private const string Rule = "identity:get_group";

    [Function("identity-show-group"), Policy(Rule, Require.Token, Check = Checks.ReadGroup), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/groups/{group_id}")] HttpRequest request,
        Caller caller,
        string groupId
    )
    {
        var group = await db.ReadAsync(tx => store.FindGroupAsync(tx, groupId));
        policies.Enforce(Rule, caller, Targets.Group(group));
        return GroupView.Answer(200, request, urls, group ?? throw Refusals.NotFound("group", groupId));
    }
}
