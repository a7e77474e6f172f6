using Pipeline.Data;
using Pipeline.Network.Routers;

namespace Pipeline.Network.Agents;

/// <summary>Moves a router to another network node. Of a host that is silent this is the operator's word that it is off.</summary>
internal sealed class RemoveRouterFromAgent(Database db, RouterMoves moves)
{
    private const string Rule = "network:agents:remove-router";

    [Function("network-remove-agent-router"), Policy(Rule, Require.Admin), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "network/v2.0/agents/{id}/l3-routers/{router}")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id,
        string router
    )
    {
        await db.WriteAsync(async tx =>
        {
            var row = await tx.LockRouterAsync(caller, router);
            await moves.TakeAwayAsync(tx, row, await tx.GetAgentAsync(id));
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"router/{row.Id}"));
        });
        return Answer.NoContent();
    }
}
