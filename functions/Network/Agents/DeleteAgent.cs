using Pipeline.Data;

namespace Pipeline.Network.Agents;

/// <summary>Forgets an agent and what was said of it, as in Neutron: one whose host lives is there again when the host reports.</summary>
internal sealed class DeleteAgent(Database db)
{
    private const string Rule = "network:agents:delete";

    [Function("network-delete-agent"), Policy(Rule, Require.Admin), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "network/v2.0/agents/{id}")] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        await db.WriteAsync(async tx =>
        {
            var agent = await tx.GetAgentAsync(id);
            await tx.DeleteAgentAsync(agent.Id);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"agent/{id}"));
        });
        return Answer.NoContent();
    }
}
