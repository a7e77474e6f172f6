using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Qos;

internal sealed class CreateBandwidthLimit(Creates creates, BandwidthLimitBook book, Randomness randomness)
{
    private const string Rule = "network:qos-rules:create";

    [Function("network-create-bandwidth-limit"), Policy(Rule, Require.ProjectManager), Answers(201)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = QosPath.BandwidthLimits)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string policy
    ) =>
        creates.RunAsync(
            request,
            caller,
            BandwidthLimitView.Of(policy),
            NewBandwidthLimit.Read,
            async (tx, orders) =>
            {
                var owner = await tx.LockOwnQosPolicyAsync(caller, policy, "create_policy_bandwidth_limit_rule");
                var added = new List<BandwidthLimitRow>();
                foreach (var order in orders)
                {
                    var rule = order with { Id = new(randomness.NewGuid()), QosPolicyId = owner.Id };
                    await book.AddAsync(tx, rule);
                    await tx.AuditAsync(caller.Audit(requestId, Rule, $"qos-rule/{rule.Id}"));
                    added.Add(rule);
                }
                return added;
            }
        );
}
