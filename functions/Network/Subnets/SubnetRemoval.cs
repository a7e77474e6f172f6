using Pipeline.Data;
using Pipeline.Network.Hosts;
using Pipeline.Network.Ipam;
using Pipeline.Network.Networks;
using Pipeline.Network.Ports;
using Pipeline.Network.Quotas;
using Pipeline.Network.Tags;

namespace Pipeline.Network.Subnets;

/// <summary>
/// Takes a subnet away that no port has an address of, DHCP servers excepted, and where guests make their own, these: they
/// lose them. The last one takes the DHCP port along.
/// </summary>
internal sealed class SubnetRemoval(DhcpPorts dhcp, HostRefreshes refreshes)
{
    /// <exception cref="Fault">Conflict when it is in use; nothing was changed then.</exception>
    public async ValueTask RemoveAsync(Tx tx, SubnetRow seen)
    {
        await tx.LockNetworkAsync(seen.NetworkId);
        var subnet = await tx.FindSubnetAsync(seen.Id) ?? throw NeutronFault.SubnetNotFound(seen.Id);
        if (await tx.HasAddressesAsync(subnet.Id, subnet.IsAuto))
            throw NeutronFault.SubnetInUse(subnet.Id);
        var groups = await tx.DisappearAsync(subnet);
        await tx.DeleteSubnetAsync(subnet.Id);
        await tx.DeleteTagsAsync(subnet.Id.ToString());
        await tx.ReleaseAsync(subnet.ProjectId, Quota.Subnet, 1);
        await tx.TouchNetworkAsync(subnet.NetworkId);
        await dhcp.EnsureAsync(tx, subnet.NetworkId);
        await refreshes.NetworkChangedAsync(tx, subnet.NetworkId);
        await refreshes.MembersChangedAsync(tx, groups);
        if (subnet.IsAuto)
            await refreshes.NamesChangedAsync(tx, subnet.NetworkId, ports: null);
    }
}
