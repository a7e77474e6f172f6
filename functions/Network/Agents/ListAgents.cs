using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Agents;

internal sealed class ListAgents(Database db, IHosts hosts, PublicUrl publicUrl)
{
    [Function("network-list-agents"), Policy("network:agents:list", Require.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/agents")] HttpRequest request,
        Caller caller
    )
    {
        var (view, query, agents) = await db.ReadAsync(async tx =>
        {
            var up = (await hosts.ListAsync(tx)).Where(h => h.IsUp).Select(h => h.Id);
            var view = AgentView.Of([.. up]);
            var query = ListQuery.Of(request, view);
            var rows = await tx.PageAsync<AgentRow>(AgentStore.Listed, query, caller.Viewer());
            return (view, query, await tx.ItemsAsync(hosts, rows));
        });
        return view.List(request, caller, publicUrl, query, agents, a => a.Row.Id);
    }
}
