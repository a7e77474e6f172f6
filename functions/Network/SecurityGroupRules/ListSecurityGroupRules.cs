using Pipeline.Data;
using Pipeline.Network.SecurityGroups;
using Pipeline.Network.Wire;

namespace Pipeline.Network.SecurityGroupRules;

/// <summary>Lists rules, those of the default group included: a project's first look makes it.</summary>
internal sealed class ListSecurityGroupRules(Database db, DefaultSecurityGroups defaults, PublicUrl publicUrl)
{
    [Function("network-list-security-group-rules"), Policy("network:security-group-rules:list", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/security-group-rules")]
            HttpRequest request,
        Caller caller
    )
    {
        var query = ListQuery.Of(request, SecurityGroupRuleView.All);
        if (await db.ReadAsync(tx => tx.FindDefaultGroupAsync(caller.Project)) is null)
            await db.WriteAsync(tx => defaults.EnsureAsync(tx, caller.Project));
        var rules = await db.ReadAsync(tx =>
            tx.PageAsync<SecurityGroupRuleRow>(SecurityGroupRuleStore.Listed, query, caller.Viewer())
        );
        return SecurityGroupRuleView.All.List(request, caller, publicUrl, query, rules, r => r.Id.ToString());
    }
}
