using Pipeline.Data;
using Pipeline.Network.Networks;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Agents;

/// <summary>Networks whose guests a DHCP agent serves; none for other agents.</summary>
internal sealed class ListNetworksOfAgent(Database db, NetworkOptions options)
{
    [Function("network-list-agent-networks"), Policy("network:agents:networks", Require.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/agents/{id}/dhcp-networks")]
            HttpRequest request,
        Caller caller,
        string id
    )
    {
        var networks = await db.ReadAsync(async tx =>
            await tx.GetAgentAsync(id) is { } agent && agent.Kind == AgentKind.Dhcp
                ? await tx.ItemsAsync(await tx.ListNetworksOfAsync(agent), options, caller.Viewer())
                : []
        );
        return NetworkView.All.List(request, caller, networks);
    }
}
