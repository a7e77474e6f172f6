using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.DefaultSecurityGroupRules;

internal sealed class ListDefaultRules(Database db, PublicUrl publicUrl)
{
    [
        Function("network-list-default-security-group-rules"),
        Policy("network:default-security-group-rules:list", Require.ProjectReader)
    ]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/default-security-group-rules")]
            HttpRequest request,
        Caller caller
    )
    {
        var query = ListQuery.Of(request, DefaultRuleView.All);
        var rules = await db.ReadAsync(tx =>
            tx.PageAsync<DefaultRuleRow>(DefaultRuleStore.Listed, query, caller.Viewer())
        );
        return DefaultRuleView.All.List(request, caller, publicUrl, query, rules, r => r.Id);
    }
}
