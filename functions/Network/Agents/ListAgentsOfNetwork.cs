using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Network.Networks;

namespace Pipeline.Network.Agents;

/// <summary>The DHCP agents that serve a network: one on each host that has ports of it.</summary>
internal sealed class ListAgentsOfNetwork(Database db, IHosts hosts)
{
    [Function("network-list-network-agents"), Policy("network:agents:of-network", Require.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/networks/{id}/dhcp-agents")]
            HttpRequest request,
        Caller caller,
        string id
    )
    {
        var agents = await db.ReadAsync(async tx =>
        {
            var network = await tx.GetNetworkAsync(caller, id);
            return await tx.ItemsAsync(hosts, await tx.ListAgentsOfNetworkAsync(network.Id));
        });
        return AgentView.Of().List(request, caller, agents);
    }
}
