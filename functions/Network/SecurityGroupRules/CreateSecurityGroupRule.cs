using Pipeline.Data;
using Pipeline.Network.AddressGroups;
using Pipeline.Network.Hosts;
using Pipeline.Network.Quotas;
using Pipeline.Network.SecurityGroups;
using Pipeline.Network.Wire;

namespace Pipeline.Network.SecurityGroupRules;

/// <summary>Adds rules to one group; the hosts of its members are told in the same transaction.</summary>
internal sealed class CreateSecurityGroupRule(Creates creates, HostRefreshes refreshes, SecurityGroupBook book)
{
    private const string Rule = "network:security-group-rules:create";

    [Function("network-create-security-group-rule"), Policy(Rule, Require.ProjectMember), Answers(201)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "network/v2.0/security-group-rules")]
            HttpRequest request,
        Caller caller,
        RequestId requestId
    ) =>
        creates.RunAsync(
            request,
            caller,
            SecurityGroupRuleView.All,
            item => NewSecurityGroupRule.Read(item, caller),
            async (tx, orders) =>
            {
                CheckOneGroup(orders);
                await tx.ClaimAsync(orders.Select(o => o.ProjectId), Quota.SecurityGroupRule);
                var added = new List<SecurityGroupRuleRow>();
                foreach (var order in orders)
                    added.Add(await AddAsync(tx, order, caller));
                foreach (var rule in added)
                    await tx.AuditAsync(caller.Audit(requestId, Rule, $"security-group-rule/{rule.Id}"));
                await refreshes.RulesChangedAsync(tx, [added[0].SecurityGroupId]);
                return added;
            }
        );

    private async ValueTask<SecurityGroupRuleRow> AddAsync(Tx tx, SecurityGroupRuleRow order, Caller caller)
    {
        await tx.GetOwnGroupAsync(caller, order.SecurityGroupId.ToString(), "create_security_group_rule");
        if (order.RemoteGroupId is { } remote)
            await tx.GetGroupAsync(caller, remote.ToString());
        if (order.RemoteAddressGroupId is { } addresses)
        {
            await tx.GetAddressGroupAsync(caller, addresses.ToString());
            _ = await tx.LockAddressGroupAsync(addresses) ?? throw NeutronFault.AddressGroupNotFound(addresses);
        }
        return await book.AddRuleAsync(tx, order);
    }

    private static void CheckOneGroup(IReadOnlyList<SecurityGroupRuleRow> orders)
    {
        if (orders.Select(o => o.SecurityGroupId).Distinct().Count() > 1)
            throw NeutronFault.Bad(
                "SecurityGroupNotSingleGroupRules",
                "Only allowed to update rules for one security profile at a time"
            );
        if (orders.Select(o => o.Meaning).Distinct().Count() < orders.Count)
            throw Fault.Conflict("Duplicate Security Group Rule in POST.", "DuplicateSecurityGroupRuleInPost");
    }
}
