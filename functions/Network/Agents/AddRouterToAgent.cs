using Pipeline.Data;
using Pipeline.Network.Routers;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Agents;

/// <summary>Says where a router that is nowhere yet is to be.</summary>
internal sealed class AddRouterToAgent(Database db, RouterMoves moves)
{
    private const string Rule = "network:agents:add-router";

    [Function("network-add-agent-router"), Policy(Rule, Require.Admin), Answers(201)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "network/v2.0/agents/{id}/l3-routers")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        var body = await request.ReadFieldsAsync(request.HttpContext.RequestAborted);
        body.Only("router_id");
        var router = body.Required("router_id").Id<RouterId>();
        await db.WriteAsync(async tx =>
        {
            var row = await tx.LockRouterAsync(caller, router.ToString());
            await moves.PutAsync(tx, row, await tx.GetAgentAsync(id));
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"router/{row.Id}"));
        });
        return Answer.Bytes(201, "null"u8.ToArray(), Document.Type); // what Neutron's clients get
    }
}
