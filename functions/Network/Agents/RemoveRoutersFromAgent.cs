using Pipeline.Data;
using Pipeline.Network.Routers;

namespace Pipeline.Network.Agents;

/// <summary>
/// Moves all routers of a network node to others, one transaction each: who is stopped on the way says it again. Of a host that is
/// silent this is the operator's word that it is off.
/// </summary>
internal sealed class RemoveRoutersFromAgent(Database db, RouterMoves moves)
{
    private const string Rule = "network:agents:remove-routers";

    [Function("network-remove-agent-routers"), Policy(Rule, Require.Admin), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "network/v2.0/agents/{id}/l3-routers")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        var routers = await db.ReadAsync(async tx =>
            await tx.GetAgentAsync(id) is { } agent && agent.Kind == AgentKind.Router
                ? await RouterMoves.ListAsync(tx, agent)
                : []
        );
        var left = new List<RouterId>();
        foreach (var router in routers)
            try
            {
                await db.WriteAsync(tx => TakeAwayAsync(tx, router));
            }
            catch (Fault fault) when (fault.Type == RouterMoves.NoOther)
            {
                left.Add(router);
            }
        return left.Count == 0 ? Answer.NoContent() : throw RouterMoves.Stays(left);

        async ValueTask TakeAwayAsync(Tx tx, RouterId router)
        {
            if (await tx.LockRouterAsync(router) is not { } row)
                return; // deleted meanwhile, or long since: its host lets go of it as it is told
            var agent = await tx.GetAgentAsync(id);
            if (!await RouterMoves.HasAsync(tx, row, agent))
                return; // somebody else has moved it
            await moves.TakeAwayAsync(tx, row, agent);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"router/{router}"));
        }
    }
}
