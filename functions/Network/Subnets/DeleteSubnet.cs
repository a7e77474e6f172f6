using Pipeline.Data;
using Pipeline.Network.Hosts;
using Pipeline.Network.Ipam;
using Pipeline.Network.Networks;
using Pipeline.Network.Ports;
using Pipeline.Network.Quotas;
using Pipeline.Network.Tags;

namespace Pipeline.Network.Subnets;

/// <summary>Deletes a subnet that no port has an address of, DHCP servers excepted. The last one takes the DHCP port along.</summary>
internal sealed class DeleteSubnet(Database db, DhcpPorts dhcp, HostRefreshes refreshes)
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
            var subnet = await tx.GetOwnSubnetAsync(caller, id, "delete_subnet");
            await tx.LockNetworkAsync(subnet.NetworkId);
            if (await tx.HasAddressesAsync(subnet.Id))
                throw NeutronFault.SubnetInUse(subnet.Id);
            foreach (var address in await tx.ListDhcpAllocationsAsync(subnet.Id))
                await tx.DeleteAllocationAsync(address.NetworkId, address.Address);
            await tx.DeleteSubnetAsync(subnet.Id);
            await tx.DeleteTagsAsync(subnet.Id.ToString());
            await tx.ReleaseAsync(subnet.ProjectId, Quota.Subnet, 1);
            await tx.TouchNetworkAsync(subnet.NetworkId);
            await dhcp.EnsureAsync(tx, subnet.NetworkId);
            await refreshes.NetworkChangedAsync(tx, subnet.NetworkId);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"subnet/{subnet.Id}"));
        });
        return Answer.NoContent();
    }
}
