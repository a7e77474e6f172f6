using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Agents;

/// <summary>Describes an agent, or takes an L3 agent out of service: no router comes to its host any more, those there stay.</summary>
internal sealed class UpdateAgent(Database db, IHosts hosts)
{
    private const string Rule = "network:agents:update";

    [Function("network-update-agent"), Policy(Rule, Require.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "network/v2.0/agents/{id}")] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        var body = await request.ReadFieldsAsync(request.HttpContext.RequestAborted);
        var view = AgentView.Of();
        var changed = await db.WriteAsync(async tx =>
        {
            var row = await tx.GetAgentAsync(id);
            var item = body.Updated(view, caller);
            var next = row with
            {
                Description = item.Text("description", row.Description),
                AdminStateUp = item.Flag("admin_state_up", row.AdminStateUp),
            };
            if (!next.AdminStateUp && row.Kind != AgentKind.Router)
                throw NeutronFault.InvalidInput(
                    $"only an agent of type '{AgentKind.Router.Type}' can be taken out of service; a host's other parts are where its guests are."
                );
            if (next != row)
            {
                await tx.UpdateAgentAsync(next);
                await tx.AuditAsync(caller.Audit(requestId, Rule, $"agent/{id}"));
            }
            return await tx.ItemsAsync(hosts, [next]);
        });
        return view.Show(request, caller, changed[0]);
    }
}
