using Pipeline.Data;
using Pipeline.Network.Hosts;
using Pipeline.Network.Ipam;
using Pipeline.Network.Networks;
using Pipeline.Network.Ports;

namespace Pipeline.Network.Subnets;

/// <summary>
/// What guests that are there already make of a new subnet's announcements, and lose with it. The caller holds the network,
/// and has its hosts told afterwards; groups are held here, before that.
/// </summary>
internal static class AutoAddresses
{
    /// <summary>The ports of a network have addresses of a new subnet, where their guests make them themselves.</summary>
    /// <returns>The groups that have got new addresses.</returns>
    public static async ValueTask<IReadOnlyList<SecurityGroupId>> AppearAsync(this Tx tx, SubnetRow subnet)
    {
        if (!subnet.IsAuto)
            return [];
        var subnets = await tx.ListSubnetsAsync([subnet.NetworkId]);
        bool IsServed(PortRow port) =>
            SelfAddressed.Is(port.DeviceOwner)
            && ServiceSubnets.Open(port.DeviceOwner, subnets).Any(s => s.Id == subnet.Id);
        var ports = (await tx.ListNetworkPortsAsync(subnet.NetworkId)).Where(IsServed).ToList();
        var has = (await tx.ListAllocationsAsync(ports.Select(p => p.Id.ToString()))).ToLookup(a => a.PortId);
        foreach (var port in ports)
        {
            var last = has[port.Id].Select(a => a.Position).DefaultIfEmpty(-1).Max();
            await tx.GiveOwnAsync(subnet, port, last + 1);
        }
        return await tx.ChangedAsync([.. ports.Select(p => p.Id)]);
    }

    /// <summary>Takes away what live ports have of a subnet that goes; the caller has seen that they may lose it.</summary>
    /// <returns>The groups that have lost addresses.</returns>
    public static async ValueTask<IReadOnlyList<SecurityGroupId>> DisappearAsync(this Tx tx, SubnetRow subnet)
    {
        var ports = subnet.IsAuto ? await tx.ListAddressedAsync(subnet.Id) : [];
        await tx.DeleteLiveAllocationsAsync(subnet.Id);
        return await tx.ChangedAsync(ports);
    }

    private static async ValueTask<IReadOnlyList<SecurityGroupId>> ChangedAsync(this Tx tx, IReadOnlyList<PortId> ports)
    {
        await tx.TouchPortsAsync(ports);
        var groups = await tx.ListGroupsAsync(ports.Select(p => p.ToString()));
        IReadOnlyList<SecurityGroupId> changed = [.. groups.Select(g => g.SecurityGroupId).Distinct()];
        await tx.HoldGroupsAsync(changed);
        return changed;
    }
}
