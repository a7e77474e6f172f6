using Pipeline.Data;
using Pipeline.Network.SecurityGroups;

namespace Pipeline.Network.SecurityGroupRules;

internal sealed class ShowSecurityGroupRule(Database db)
{
    [Function("network-show-security-group-rule"), Policy("network:security-group-rules:show", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/security-group-rules/{id}")]
            HttpRequest request,
        Caller caller,
        string id
    )
    {
        var rule = await db.ReadAsync(tx => GetAsync(tx, caller, id));
        return SecurityGroupRuleView.All.Show(request, caller, rule);
    }

    /// <summary>A rule is seen by its project and by its group's.</summary>
    /// <exception cref="Fault">NotFound when the caller does not see it.</exception>
    internal static async ValueTask<SecurityGroupRuleRow> GetAsync(Tx tx, Caller caller, string id)
    {
        if (!SecurityGroupRuleId.TryParse(id, out var rule) || await tx.FindRuleAsync(rule) is not { } row)
            throw NeutronFault.SecurityGroupRuleNotFound(id);
        if (caller.IsAdmin || caller.ProjectId == row.ProjectId)
            return row;
        return (await tx.FindGroupAsync(row.SecurityGroupId))?.ProjectId == caller.ProjectId
            ? row
            : throw NeutronFault.SecurityGroupRuleNotFound(id);
    }
}
