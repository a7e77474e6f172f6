using Pipeline.Data;
using Pipeline.Network.Hosts;
using Pipeline.Network.Quotas;
using Pipeline.Network.SecurityGroupRules;
using Pipeline.Network.Tags;

namespace Pipeline.Network.SecurityGroups;

/// <summary>Deletes a group that no port uses, with its rules and other groups' rules that name it. The default group is an admin's to delete.</summary>
internal sealed class DeleteSecurityGroup(Database db, HostRefreshes refreshes)
{
    private const string Rule = "network:security-groups:delete";

    [Function("network-delete-security-group"), Policy(Rule, Require.ProjectMember), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "network/v2.0/security-groups/{id}")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        await db.WriteAsync(async tx =>
        {
            var group = await tx.GetGroupAsync(caller, id);
            await tx.TouchGroupAsync(group.Id);
            if (await tx.IsGroupUsedAsync(group.Id))
                throw Fault.Conflict($"Security Group {group.Id} in use.", "SecurityGroupInUse");
            if (group.IsDefault && !caller.IsAdmin)
                throw Fault.Conflict(
                    "Insufficient rights for removing default security group.",
                    "SecurityGroupCannotRemoveDefault"
                );
            await DeleteRulesAsync(tx, group.Id);
            await tx.DeleteGroupAsync(group.Id);
            await tx.DeleteTagsAsync(group.Id.ToString());
            await tx.ReleaseAsync(group.ProjectId, Quota.SecurityGroup, 1);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"security-group/{group.Id}"));
        });
        return Answer.NoContent();
    }

    private async ValueTask DeleteRulesAsync(Tx tx, SecurityGroupId group)
    {
        foreach (var rule in await tx.ListRulesAboutAsync(group))
        {
            await tx.DeleteRuleAsync(rule.Id);
            await tx.ReleaseAsync(rule.ProjectId, Quota.SecurityGroupRule, 1);
            if (rule.SecurityGroupId != group)
                await refreshes.RulesChangedAsync(tx, rule.SecurityGroupId);
        }
    }
}
