using Pipeline.Data;

namespace Pipeline.Identity.Groups;

internal sealed class ListGroups(Database db, IdentityStore store, Policies policies, IdentityUrls urls)
{
    private const string Rule = "identity:list_groups";

    [Function("identity-list-groups"), Policy(Rule, Require.Token, Check = Checks.ListInDomain), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/groups")] HttpRequest request,
        Caller caller
    )
    {
        policies.Enforce(Rule, caller, Targets.List(caller));
        var filter = ListFilter.Of(request).For(caller) with { Enabled = null };
        var rows = await db.ReadAsync(tx => store.GroupsAsync(tx, filter));
        var (page, next) = filter.Take(rows, group => group.Name, group => group.Id.Value);
        return GroupView.Answer(request, urls, page, urls.Links(request, "groups", next));
    }
}
