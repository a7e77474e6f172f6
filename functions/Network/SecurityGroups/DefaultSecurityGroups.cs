using Pipeline.Data;
using Pipeline.Network.Quotas;
using Pipeline.Network.SecurityGroupRules;

namespace Pipeline.Network.SecurityGroups;

/// <summary>
/// Every project has a group named `default`, made when it is first needed: its members reach each other and the world.
/// </summary>
internal sealed class DefaultSecurityGroups(Randomness randomness)
{
    private static readonly string[] EtherTypes = ["IPv4", "IPv6"];

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
        await tx.CountAsync(project, Quota.SecurityGroupRule, 2 * EtherTypes.Length);
        foreach (var rule in EgressOf(group).Concat(AmongMembers(group)))
            await tx.AddRuleAsync(rule with { Id = new(randomness.NewGuid()) });
        return group.Id;
    }

    /// <summary>What every new group lets out: all.</summary>
    public static IEnumerable<SecurityGroupRuleRow> EgressOf(SecurityGroupRow group) =>
        EtherTypes.Select(e => SecurityGroupRuleRow.For(group, "egress", e, remoteGroup: null));

    private static IEnumerable<SecurityGroupRuleRow> AmongMembers(SecurityGroupRow group) =>
        EtherTypes.Select(e => SecurityGroupRuleRow.For(group, "ingress", e, remoteGroup: group.Id));
}
