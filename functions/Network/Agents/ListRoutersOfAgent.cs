using Pipeline.Data;
using Pipeline.Network.Routers;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Agents;

/// <summary>Routers that are on the host of an L3 agent; none for other agents.</summary>
internal sealed class ListRoutersOfAgent(Database db)
{
    [Function("network-list-agent-routers"), Policy("network:agents:routers", Require.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/agents/{id}/l3-routers")]
            HttpRequest request,
        Caller caller,
        string id
    )
    {
        var routers = await db.ReadAsync(async tx =>
            await tx.GetAgentAsync(id) is { } agent && agent.Kind == AgentKind.Router
                ? await tx.ItemsAsync(await tx.ListRoutersOfAsync(agent))
                : []
        );
        return RouterView.All.List(request, caller, routers);
    }
}
