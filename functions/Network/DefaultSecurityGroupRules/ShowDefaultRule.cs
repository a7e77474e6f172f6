using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.DefaultSecurityGroupRules;

internal sealed class ShowDefaultRule(Database db)
{
    [
        Function("network-show-default-security-group-rule"),
        Policy("network:default-security-group-rules:show", Require.ProjectReader)
    ]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/default-security-group-rules/{id}")]
            HttpRequest request,
        Caller caller,
        string id
    ) => DefaultRuleView.All.Show(request, caller, await db.ReadAsync(tx => tx.GetDefaultRuleAsync(id)));
}
