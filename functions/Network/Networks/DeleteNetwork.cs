using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Networks;

/// <summary>
/// Deletes a network with its subnets and DHCP ports. One that hosts still hold stays as a tombstone until the last of
/// its deleted ports is off the metal: its segment is not given to another network before.
/// </summary>
internal sealed class DeleteNetwork(Database db, NetworkRemoval removal)
{
    private const string Rule = "network:networks:delete";

    [Function("network-delete-network"), Policy(Rule, Require.ProjectMember), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "network/v2.0/networks/{id}")] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        await db.WriteAsync(async tx =>
        {
            await tx.LockNetworkAsync((await tx.GetOwnNetworkAsync(caller, id, "delete_network")).Id);
            var network = await tx.GetOwnNetworkAsync(caller, id, "delete_network");
            request.CheckRevision(network.RevisionNumber);
            await removal.RemoveAsync(tx, network, requestId.Value);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"network/{network.Id}"));
        });
        return Answer.NoContent();
    }
}
