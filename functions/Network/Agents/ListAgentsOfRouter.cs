using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Network.Routers;

namespace Pipeline.Network.Agents;

/// <summary>The L3 agent whose host has a router; none while it has no port.</summary>
internal sealed class ListAgentsOfRouter(Database db, IHosts hosts)
{
    [Function("network-list-router-agents"), Policy("network:agents:of-router", Require.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/routers/{id}/l3-agents")]
            HttpRequest request,
        Caller caller,
        string id
    )
    {
        var agents = await db.ReadAsync(async tx =>
        {
            var router = await tx.GetRouterAsync(caller, id);
            return await tx.ItemsAsync(hosts, await tx.ListAgentsOfRouterAsync(router.Id));
        });
        return AgentView.Of().List(request, caller, agents);
    }
}
