using Pipeline.Data;
using Pipeline.Network.Networks;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Ports;

/// <summary>Deletes a port, also a running server's: it is gone for its tenant at once, and for its host soon after.</summary>
internal sealed class DeletePort(Database db, PortRemoval removal)
{
    private const string Rule = "network:ports:delete";

    [Function("network-delete-port"), Policy(Rule, Require.ProjectMember), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "network/v2.0/ports/{id}")] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        await db.WriteAsync(async tx =>
        {
            await tx.LockNetworkAsync((await tx.GetPortAsync(caller, id)).NetworkId);
            var port = await tx.GetPortAsync(caller, id);
            request.CheckRevision(port.RevisionNumber);
            await removal.RemoveAsync(tx, port, requestId.Value);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"port/{port.Id}"));
        });
        return Answer.NoContent();
    }
}
