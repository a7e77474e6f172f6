using Pipeline.Data;
using Pipeline.Network.Qos;
using Pipeline.Network.Quotas;
using Pipeline.Network.Rbac;
using Pipeline.Network.SecurityGroups;
using Pipeline.Network.Types;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Networks;

internal sealed class CreateNetwork(
    Creates creates,
    DefaultSecurityGroups groups,
    SegmentTypes types,
    Sharing sharing,
    Randomness randomness,
    NetworkOptions options
)
{
    private const string Rule = "network:networks:create";

    [Function("network-create-network"), Policy(Rule, Require.ProjectMember), Answers(201)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "network/v2.0/networks")] HttpRequest request,
        Caller caller,
        RequestId requestId
    ) =>
        creates.RunAsync(
            request,
            caller,
            NetworkView.All,
            item => NewNetwork.Read(item, caller, options, types),
            async (tx, orders) =>
            {
                await tx.ClaimAsync(orders.Select(o => o.Row.ProjectId), Quota.Network);
                var added = new List<NetworkItem>();
                foreach (var order in orders)
                {
                    var segment = await types.ReserveAsync(tx, order.Provider);
                    var row = order.On(segment) with
                    {
                        Id = new(randomness.NewGuid()),
                        QosPolicyId = await tx.QosPolicyOfNewAsync(caller, order.Row.ProjectId, order.Row.QosPolicyId),
                    };
                    await groups.EnsureAsync(tx, row.ProjectId);
                    await tx.AddNetworkAsync(row);
                    await sharing.ShareAsync(tx, null, row);
                    await tx.AuditAsync(caller.Audit(requestId, Rule, $"network/{row.Id}"));
                    added.Add(await tx.ItemAsync(row.Id, options, caller.Viewer()));
                }
                return added;
            }
        );
}
