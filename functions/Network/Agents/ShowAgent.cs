using Pipeline.Contracts.Hosts;
using Pipeline.Data;

namespace Pipeline.Network.Agents;

internal sealed class ShowAgent(Database db, IHosts hosts)
{
    [Function("network-show-agent"), Policy("network:agents:show", Require.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/agents/{id}")] HttpRequest request,
        Caller caller,
        string id
    )
    {
        var found = await db.ReadAsync(async tx => await tx.ItemsAsync(hosts, [await tx.GetAgentAsync(id)]));
        return AgentView.Of().Show(request, caller, found[0]);
    }
}
