using Pipeline.Data;
using Pipeline.Network.Ports;
using Pipeline.Network.Quotas;
using Pipeline.Network.Subnets;
using Pipeline.Network.Tags;

namespace Pipeline.Network.Networks;

/// <summary>
/// Deletes a network with its subnets and DHCP ports. One that hosts still hold stays as a tombstone until the last of
/// its deleted ports is off the metal: its segment is not given to another network before.
/// </summary>
internal sealed class DeleteNetwork(Database db, PortBook ports)
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
            var network = await tx.GetOwnNetworkAsync(caller, id, "delete_network");
            await tx.LockNetworkAsync(network.Id);
            var left = await tx.ListNetworkPortsAsync(network.Id);
            var others = left.Where(p => p.DeviceOwner != PortRow.Dhcp).Select(p => p.Id).ToList();
            if (others.Count > 0)
                throw NeutronFault.NetworkInUse(network.Id, others);
            foreach (var port in left)
                await ports.RemoveAsync(tx, port, requestId.Value);
            await DeleteSubnetsAsync(tx, network.Id);
            await tx.DeleteTagsAsync(network.Id.ToString());
            await tx.ReleaseAsync(network.ProjectId, Quota.Network, 1);
            await tx.BuryNetworkAsync(network.Id);
            await tx.PurgeBuriedNetworkAsync(network.Id);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"network/{network.Id}"));
        });
        return Answer.NoContent();
    }

    private static async ValueTask DeleteSubnetsAsync(Tx tx, NetworkId network)
    {
        foreach (var subnet in await tx.ListSubnetsAsync([network]))
        {
            await tx.DeleteSubnetAsync(subnet.Id);
            await tx.DeleteTagsAsync(subnet.Id.ToString());
            await tx.ReleaseAsync(subnet.ProjectId, Quota.Subnet, 1);
        }
    }
}
