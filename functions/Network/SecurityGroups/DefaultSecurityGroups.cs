using Pipeline.Data;
using Pipeline.Network.DefaultSecurityGroupRules;
using Pipeline.Network.Quotas;
using Pipeline.Network.SecurityGroupRules;

namespace Pipeline.Network.SecurityGroups;

/// <summary>
/// Every project has a group named `default`, made when it is first needed, with the rules that the cloud gives it: its
/// members reach each other and the world unless an operator has said otherwise.
/// </summary>
internal sealed class DefaultSecurityGroups(Randomness randomness)
{
    public async ValueTask<SecurityGroupId> EnsureAsync(Tx tx, ProjectId project)
    {
        if (await tx.FindDefaultGroupAsync(project) is { } known)
            return known.Id;
        var group = new SecurityGroupRow
        {
            Id = new(randomness.NewGuid()),
            ProjectId = project,
            Name = SecurityGroupRow.DefaultName,
            Description = "Default security group",
            IsDefault = true,
        };
        if (!await tx.AddGroupAsync(group)) // made beside us in this moment
            return (await tx.FindDefaultGroupAsync(project))!.Id;
        await tx.CountAsync(project, Quota.SecurityGroup, 1);
        var rules = await tx.ListFirstRulesAsync(group);
        await tx.CountAsync(project, Quota.SecurityGroupRule, rules.Count);
        foreach (var rule in rules)
            await tx.AddRuleAsync(rule with { Id = new(randomness.NewGuid()) });
        return group.Id;
    }
}
