using Pipeline.Data;
using Pipeline.Network.Quotas;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Routers;

/// <summary>Makes routers. One without a port is a record alone; with its first one it gets a place on a network node.</summary>
internal sealed class CreateRouter(Creates creates, RouterBook routers)
{
    private const string Rule = "network:routers:create";

    [Function("network-create-router"), Policy(Rule, Require.ProjectMember), Answers(201)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "network/v2.0/routers")] HttpRequest request,
        Caller caller,
        RequestId requestId
    ) =>
        creates.RunAsync(
            request,
            caller,
            RouterView.All,
            item => NewRouter.Read(item, caller),
            async (tx, orders) =>
            {
                await tx.ClaimAsync(orders.Select(o => o.Row.ProjectId), Quota.Router);
                var added = new List<RouterItem>();
                foreach (var order in orders)
                {
                    var id = await routers.AddAsync(tx, caller, order);
                    await tx.AuditAsync(caller.Audit(requestId, Rule, $"router/{id}"));
                    added.Add(await tx.RouterItemAsync(id));
                }
                return added;
            }
        );
}
