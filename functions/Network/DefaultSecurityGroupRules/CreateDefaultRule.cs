using Pipeline.Data;
using Pipeline.Network.SecurityGroupRules;
using Pipeline.Network.Wire;

namespace Pipeline.Network.DefaultSecurityGroupRules;

/// <summary>New groups begin with one more rule. Groups that are there stay as they are.</summary>
internal sealed class CreateDefaultRule(Creates creates, Randomness randomness)
{
    private const string Rule = "network:default-security-group-rules:create";

    [Function("network-create-default-security-group-rule"), Policy(Rule, Require.Admin), Answers(201)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "network/v2.0/default-security-group-rules")]
            HttpRequest request,
        Caller caller,
        RequestId requestId
    ) =>
        creates.RunAsync(
            request,
            caller,
            DefaultRuleView.All,
            Read,
            async (tx, orders) =>
            {
                if (orders.Where((order, i) => orders.Take(i).Any(order.Repeats)).Any())
                    throw Fault.Conflict(
                        "Duplicate Default Security Group Rule in POST.",
                        "DuplicateDefaultSgRuleInPost"
                    );
                var added = new List<DefaultRuleRow>();
                foreach (var order in orders)
                {
                    if ((await tx.ListLikeAsync(order.Meaning)).FirstOrDefault(order.Repeats) is { } same)
                        throw NeutronFault.DefaultRuleExists(same.Id);
                    var row = order with { Id = $"{randomness.NewGuid()}" };
                    await tx.AddDefaultRuleAsync(row);
                    await tx.AuditAsync(caller.Audit(requestId, Rule, $"default-security-group-rule/{row.Id}"));
                    added.Add(row);
                }
                return added;
            }
        );

    /// <summary>Of groups only the new one itself can be named: no other is there for every project.</summary>
    private static DefaultRuleRow Read(Fields item)
    {
        var traffic = NewSecurityGroupRule.TrafficOf(item);
        if (item.Nullable("remote_address_group_id") is not null)
            throw Fault.BadRequest("Default rules name no address groups.");
        var remote = item.Nullable("remote_group_id")?.String();
        if (remote is not (null or DefaultRuleRow.Parent))
            throw Fault.BadRequest($"The remote group of a default rule is '{DefaultRuleRow.Parent}', or none.");
        if (remote is not null && traffic.RemoteIpPrefix is not null)
            throw NeutronFault.TwoRemotes();
        return DefaultRuleRow.Of(traffic, amongMembers: remote is not null) with
        {
            UsedInDefaultSg = item.Flag("used_in_default_sg", false),
            UsedInNonDefaultSg = item.Flag("used_in_non_default_sg", true),
        };
    }
}
