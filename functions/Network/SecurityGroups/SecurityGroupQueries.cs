using Pipeline.Contracts.Network;
using Pipeline.Data;
using Pipeline.Network.SecurityGroupRules;

namespace Pipeline.Network.SecurityGroups;

/// <summary>What other services may ask of security groups, in their own transaction.</summary>
internal sealed class SecurityGroupQueries(DefaultSecurityGroups defaults) : ISecurityGroups
{
    public async ValueTask<IReadOnlyList<SecurityGroupFacts>> ListAsync(Tx tx, ProjectId project)
    {
        await defaults.EnsureAsync(tx, project);
        return await FactsAsync(tx, await tx.ListGroupsOfProjectAsync(project));
    }

    public async ValueTask<IReadOnlyList<SecurityGroupFacts>> ListAllAsync(Tx tx, int skip, int take) =>
        await FactsAsync(tx, await tx.ListGroupsOfAllAsync(skip, take));

    public async ValueTask<IReadOnlyList<SecurityGroupFacts>> ListOfServerAsync(Tx tx, ServerId server) =>
        await FactsAsync(tx, await tx.ListGroupsOfServerAsync(server));

    public static async ValueTask<IReadOnlyList<SecurityGroupFacts>> FactsAsync(
        Tx tx,
        IReadOnlyList<SecurityGroupRow> groups
    )
    {
        var rules = await tx.ListRulesOfAsync(groups.Select(g => g.Id.ToString()));
        var facts = (await RuleFactsAsync(tx, rules)).ToLookup(r => r.Group);
        return
        [
            .. groups.Select(g => new SecurityGroupFacts(g.Id, g.ProjectId, g.Name, g.Description, [.. facts[g.Id]])),
        ];
    }

    public static async ValueTask<IReadOnlyList<SecurityGroupRuleFacts>> RuleFactsAsync(
        Tx tx,
        IReadOnlyList<SecurityGroupRuleRow> rules
    )
    {
        var remotes = rules.Select(r => r.RemoteGroupId?.ToString()).OfType<string>().Distinct();
        var names = (await tx.ListGroupsByIdAsync(remotes)).ToDictionary(g => g.Id, g => g.Name);
        return
        [
            .. rules.Select(r => new SecurityGroupRuleFacts(
                r.Id.Value,
                r.SecurityGroupId,
                r.Direction == "ingress",
                r.Protocol,
                r.PortRangeMin,
                r.PortRangeMax,
                r.RemoteGroupId is { } group ? names.GetValueOrDefault(group) : null,
                r.RemoteIpPrefix
            )),
        ];
    }
}
