using Pipeline.Data;
using Pipeline.Network.AutoAllocatedTopology;
using Pipeline.Network.Ports;
using Pipeline.Network.Quotas;
using Pipeline.Network.Rbac;
using Pipeline.Network.Subnets;
using Pipeline.Network.Tags;

namespace Pipeline.Network.Networks;

/// <summary>Takes a network away with its subnets and DHCP ports, whoever asks.</summary>
internal sealed class NetworkRemoval(PortBook ports)
{
    /// <exception cref="Fault">Conflict when it has other ports; nothing was changed then.</exception>
    public async ValueTask RemoveAsync(Tx tx, NetworkRow seen, string cause)
    {
        var network = await tx.LockNetworkAsync(seen.Id) ?? throw NeutronFault.NetworkNotFound(seen.Id);
        var left = await tx.ListNetworkPortsAsync(network.Id);
        var others = left.Where(p => p.DeviceOwner != PortRow.Dhcp).Select(p => p.Id).ToList();
        if (others.Count > 0)
            throw NeutronFault.NetworkInUse(network.Id, others);
        foreach (var port in left)
            await ports.RemoveAsync(tx, port, cause);
        await DeleteSubnetsAsync(tx, network.Id);
        await tx.DeleteTagsAsync(network.Id.ToString());
        await Sharing.ForgetAsync(tx, network.Id.ToString());
        await tx.ForgetTopologyAsync(network.Id);
        await tx.ReleaseAsync(network.ProjectId, Quota.Network, 1);
        await tx.BuryNetworkAsync(network.Id);
        await tx.PurgeBuriedNetworkAsync(network.Id);
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
