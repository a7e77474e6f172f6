using Pipeline.Data;
using Pipeline.Network.Ipam;
using Pipeline.Network.Networks;
using Pipeline.Network.Quotas;
using Pipeline.Network.Subnets;

namespace Pipeline.Network.Ports;

/// <summary>
/// The port that stands for a network's DHCP servers: one for the network, with an address in each subnet that has DHCP.
/// Every host that has the network serves DHCP from these addresses.
/// </summary>
internal sealed class DhcpPorts(PortBook ports)
{
    /// <summary>Makes, changes or removes the port so that it fits the network's subnets.</summary>
    /// <exception cref="Fault">Conflict when a subnet has no address left for its DHCP server.</exception>
    public async ValueTask EnsureAsync(Tx tx, NetworkId id)
    {
        if (await tx.FindNetworkAsync(id) is not { } network)
            return;
        var subnets = (await tx.ListSubnetsAsync([id])).Where(s => s.EnableDhcp).ToList();
        var port = network.DhcpPortId is { } known ? await tx.FindPortAsync(known) : null;
        if (subnets.Count == 0)
            await RemoveAsync(tx, network, port);
        else if (port is null)
            await AddAsync(tx, network, subnets);
        else
            await ChangeAsync(tx, port, subnets);
    }

    private async ValueTask AddAsync(Tx tx, NetworkRow network, IEnumerable<SubnetRow> subnets)
    {
        var order = new NewPort(
            new()
            {
                NetworkId = network.Id,
                ProjectId = network.ProjectId,
                AdminStateUp = true,
                Status = PortRow.Active,
                DeviceId = $"dhcp-{network.Id}",
                DeviceOwner = PortRow.Dhcp,
            }
        )
        {
            FixedIps = [.. subnets.Select(s => new FixedIp(s.Id, null))],
        };
        await tx.CountAsync(network.ProjectId, Quota.Port, 1);
        var port = await ports.AddAsync(tx, network, order);
        await tx.SetDhcpPortAsync(network.Id, port.Id);
    }

    private static async ValueTask ChangeAsync(Tx tx, PortRow port, IReadOnlyList<SubnetRow> subnets)
    {
        var has = await tx.ListAllocationsAsync([port.Id.ToString()]);
        foreach (var old in has.Where(a => subnets.All(s => s.Id != a.SubnetId)))
            await tx.GiveBackAsync(old);
        foreach (var subnet in subnets.Where(s => has.All(a => a.SubnetId != s.Id)))
        {
            var place = new AllocationRow
            {
                NetworkId = subnet.NetworkId,
                SubnetId = subnet.Id,
                PortId = port.Id,
                Position = has.Count,
            };
            if (subnet.IsAuto)
                await tx.GiveOwnAsync(subnet, port, has.Count);
            else if (!await tx.TryTakeNextAsync(place))
                throw NeutronFault.NoAddressLeft(subnet.NetworkId);
        }
    }

    private async ValueTask RemoveAsync(Tx tx, NetworkRow network, PortRow? port)
    {
        if (port is not null)
            await ports.RemoveAsync(tx, port, "subnet");
        if (network.DhcpPortId is not null)
            await tx.SetDhcpPortAsync(network.Id, null);
    }
}
