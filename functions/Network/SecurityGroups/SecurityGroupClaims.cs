using Pipeline.Contracts.Network;
using Pipeline.Data;
using Pipeline.Network.Hosts;
using Pipeline.Network.Networks;
using Pipeline.Network.Ports;
using Pipeline.Network.Quotas;
using Pipeline.Network.SecurityGroupRules;

namespace Pipeline.Network.SecurityGroups;

/// <summary>Changes of security groups that other services ask for, in their own transaction.</summary>
internal sealed class SecurityGroupClaims(
    SecurityGroupBook book,
    DefaultSecurityGroups defaults,
    HostRefreshes refreshes
) : ISecurityGroupClaims
{
    public async ValueTask<SecurityGroupFacts> AddAsync(Tx tx, ProjectId project, string name, string description)
    {
        CreateSecurityGroup.CheckName(name);
        await defaults.EnsureAsync(tx, project);
        await tx.ClaimAsync(project, Quota.SecurityGroup, 1);
        var order = new SecurityGroupRow
        {
            ProjectId = project,
            Name = name,
            Description = description,
        };
        return (await SecurityGroupQueries.FactsAsync(tx, [await book.AddAsync(tx, order)]))[0];
    }

    public async ValueTask<SecurityGroupFacts> RenameAsync(
        Tx tx,
        ProjectId project,
        SecurityGroupId id,
        string name,
        string description
    )
    {
        var group = await OwnAsync(tx, project, id);
        if (group.IsDefault && name != group.Name)
            throw Fault.Conflict("Updating default security group not allowed.", "SecurityGroupCannotUpdateDefault");
        if (!group.IsDefault)
            CreateSecurityGroup.CheckName(name);
        var after = group with { Name = name, Description = description };
        await tx.UpdateGroupAsync(after);
        return (await SecurityGroupQueries.FactsAsync(tx, [after]))[0];
    }

    public async ValueTask RemoveAsync(Tx tx, ProjectId project, SecurityGroupId id) =>
        await book.RemoveAsync(tx, await OwnAsync(tx, project, id), isAdmin: false);

    public async ValueTask<SecurityGroupRuleFacts> AddRuleAsync(Tx tx, ProjectId project, NewIngress rule)
    {
        await OwnAsync(tx, project, rule.Group);
        if (rule.RemoteGroup is { } remote)
            await OwnAsync(tx, project, remote);
        var row = NewSecurityGroupRule.Of(project, rule);
        await tx.ClaimAsync(project, Quota.SecurityGroupRule, 1);
        var added = await book.AddRuleAsync(tx, row);
        await refreshes.RulesChangedAsync(tx, [rule.Group]);
        return (await SecurityGroupQueries.RuleFactsAsync(tx, [added]))[0];
    }

    public async ValueTask RemoveRuleAsync(Tx tx, ProjectId project, Guid rule)
    {
        var found = await tx.FindRuleAsync(new(rule));
        if (found is null || found.ProjectId != project)
            throw NeutronFault.SecurityGroupRuleNotFound(rule);
        await book.RemoveRuleAsync(tx, found);
    }

    public async ValueTask AddToServerAsync(Tx tx, ServerId server, SecurityGroupId group)
    {
        var ports = (await tx.ListServerPortItemsAsync(server)).Where(p => p.Row.PortSecurityEnabled).ToList();
        if (ports.Count == 0)
            throw Fault.BadRequest($"Instance {server} has no port that security groups filter.");
        foreach (var port in ports)
            await RegroupAsync(tx, port, [.. port.Groups.Append(group).Distinct()]);
    }

    public async ValueTask RemoveFromServerAsync(Tx tx, ServerId server, SecurityGroupId group)
    {
        var ports = (await tx.ListServerPortItemsAsync(server)).Where(p => p.Groups.Contains(group)).ToList();
        if (ports.Count == 0)
            throw Fault.NotFound($"Security group {group} not associated with the instance {server}");
        foreach (var port in ports)
            await RegroupAsync(tx, port, [.. port.Groups.Where(g => g != group)]);
    }

    private async ValueTask RegroupAsync(Tx tx, PortItem port, IReadOnlyList<SecurityGroupId> groups)
    {
        if (groups.Count == port.Groups.Count)
            return;
        var concerned = port.Groups.Union(groups).ToList();
        await tx.LockNetworkAsync(port.Row.NetworkId);
        await tx.HoldGroupsAsync(concerned);
        await tx.CheckOneKindAsync(groups);
        await tx.SetGroupsAsync(port.Row.Id, groups);
        await tx.TouchPortAsync(port.Row.Id);
        await refreshes.PortChangedAsync(tx, port.Row);
        await refreshes.MembersChangedAsync(tx, concerned);
    }

    private static async ValueTask<SecurityGroupRow> OwnAsync(Tx tx, ProjectId project, SecurityGroupId id) =>
        await tx.FindGroupAsync(id) is { } group && group.ProjectId == project
            ? group
            : throw NeutronFault.SecurityGroupNotFound(id);
}
