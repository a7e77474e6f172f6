using Pipeline.Data;
using Pipeline.Network.Networks;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Subnets;

/// <summary>Deletes a subnet that no port has an address of, DHCP servers excepted. The last one takes the DHCP port along.</summary>
internal sealed class DeleteSubnet(Database db, SubnetRemoval removal)
{
    private const string Rule = "network:subnets:delete";

    [Function("network-delete-subnet"), Policy(Rule, Require.ProjectMember), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "network/v2.0/subnets/{id}")] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        await db.WriteAsync(async tx =>
        {
            await tx.LockNetworkAsync((await tx.GetOwnSubnetAsync(caller, id, "delete_subnet")).NetworkId);
            var subnet = await tx.GetOwnSubnetAsync(caller, id, "delete_subnet");
            request.CheckRevision(subnet.RevisionNumber);
            await removal.RemoveAsync(tx, subnet);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"subnet/{subnet.Id}"));
        });
        return Answer.NoContent();
    }
}
