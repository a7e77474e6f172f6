using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Trunks;

internal sealed class DeleteTrunk(Database db)
{
    private const string Rule = "network:trunks:delete";

    [Function("network-delete-trunk"), Policy(Rule, Require.ProjectMember), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "network/v2.0/trunks/{id}")] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        await db.WriteAsync(async tx =>
        {
            var trunk = await tx.LockTrunkAsync(caller, id);
            request.CheckRevision(trunk.RevisionNumber);
            if (!trunk.AdminStateUp)
                throw NeutronFault.TrunkDisabled(trunk.Id);
            await tx.RemoveTrunkAsync(trunk);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"trunk/{trunk.Id}"));
        });
        return Answer.NoContent();
    }
}
