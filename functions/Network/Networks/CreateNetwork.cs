using Pipeline.Data;
using Pipeline.Network.Quotas;
using Pipeline.Network.Types;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Networks;

internal sealed class CreateNetwork(Creates creates, NetworkBook networks, SegmentTypes types, NetworkOptions options)
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
            item => NewNetwork.Read(item, caller, types),
            async (tx, orders) =>
            {
                await tx.ClaimAsync(orders.Select(o => o.Row.ProjectId), Quota.Network);
                var added = new List<NetworkItem>();
                foreach (var order in orders)
                {
                    var id = await networks.AddAsync(tx, caller, order);
                    await tx.AuditAsync(caller.Audit(requestId, Rule, $"network/{id}"));
                    added.Add(await tx.ItemAsync(id, options, caller.Viewer()));
                }
                return added;
            }
        );
}
