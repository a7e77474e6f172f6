using Pipeline.Data;
using Pipeline.Network.DefaultSecurityGroupRules;
using Pipeline.Network.Hosts;
using Pipeline.Network.Quotas;
using Pipeline.Network.Rbac;
using Pipeline.Network.SecurityGroupRules;
using Pipeline.Network.Tags;

namespace Pipeline.Network.SecurityGroups;

/// <summary>Adds security groups and rules and takes them away, whoever asks; hosts are told in the same transaction.</summary>
internal sealed class SecurityGroupBook(HostRefreshes refreshes, Randomness randomness)
{
    /// <summary>Adds a group with its first rules. The caller has claimed the group's quota.</summary>
    public async ValueTask<SecurityGroupRow> AddAsync(Tx tx, SecurityGroupRow order)
    {
        var group = order with { Id = new(randomness.NewGuid()) };
        var rules = await tx.ListFirstRulesAsync(group);
        await tx.ClaimAsync(group.ProjectId, Quota.SecurityGroupRule, rules.Count);
        await tx.AddGroupAsync(group);
        foreach (var rule in rules)
            await tx.AddRuleAsync(rule with { Id = new(randomness.NewGuid()) });
        return group;
    }

    /// <summary>Deletes a group that no port uses, with its rules and other groups' rules that name it.</summary>
    /// <param name="isAdmin">Only an admin deletes the default group.</param>
    public async ValueTask RemoveAsync(Tx tx, SecurityGroupRow group, bool isAdmin)
    {
        if (!await tx.TouchGroupAsync(group.Id))
            throw NeutronFault.SecurityGroupNotFound(group.Id);
        if (await tx.IsGroupUsedAsync(group.Id))
            throw NeutronFault.SecurityGroupInUse(group.Id);
        if (group.IsDefault && !isAdmin)
            throw Fault.Conflict(
                "Insufficient rights for removing default security group.",
                "SecurityGroupCannotRemoveDefault"
            );
        foreach (var rule in await tx.ListRulesAboutAsync(group.Id))
        {
            await tx.DeleteRuleAsync(rule.Id);
            await tx.ReleaseAsync(rule.ProjectId, Quota.SecurityGroupRule, 1);
            if (rule.SecurityGroupId != group.Id)
                await refreshes.RulesChangedAsync(tx, [rule.SecurityGroupId]);
        }
        await tx.DeleteGroupAsync(group.Id);
        await tx.DeleteTagsAsync(group.Id.ToString());
        await Sharing.ForgetAsync(tx, group.Id.ToString());
        await tx.ReleaseAsync(group.ProjectId, Quota.SecurityGroup, 1);
    }

    /// <summary>Adds a rule to a group that the caller has looked at; its quota is claimed, and its host told, by the caller.</summary>
    /// <exception cref="Fault">Conflict when the group has the same rule.</exception>
    public async ValueTask<SecurityGroupRuleRow> AddRuleAsync(Tx tx, SecurityGroupRuleRow order)
    {
        await tx.TouchGroupAsync(order.SecurityGroupId);
        if (await tx.FindSameRuleAsync(order) is { } same)
            throw Fault.Conflict($"Security group rule already exists. Rule id is {same}.", "SecurityGroupRuleExists");
        var id = new SecurityGroupRuleId(randomness.NewGuid());
        await tx.AddRuleAsync(order with { Id = id });
        return (await tx.FindRuleAsync(id))!;
    }

    public async ValueTask RemoveRuleAsync(Tx tx, SecurityGroupRuleRow rule)
    {
        await tx.TouchGroupAsync(rule.SecurityGroupId);
        if (await tx.FindRuleAsync(rule.Id) is null)
            throw NeutronFault.SecurityGroupRuleNotFound(rule.Id);
        await tx.DeleteRuleAsync(rule.Id);
        await tx.ReleaseAsync(rule.ProjectId, Quota.SecurityGroupRule, 1);
        await refreshes.RulesChangedAsync(tx, [rule.SecurityGroupId]);
    }
}
