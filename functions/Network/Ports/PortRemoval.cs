using Pipeline.Data;
using Pipeline.Network.FloatingIps;
using Pipeline.Network.Hosts;
using Pipeline.Network.Networks;
using Pipeline.Network.Routers;
using Pipeline.Network.Trunks;

namespace Pipeline.Network.Ports;

/// <summary>Takes a port away at its tenant's word, also a running server's; a network's DHCP port comes back at once.</summary>
internal sealed class PortRemoval(PortBook ports, DhcpPorts dhcp, HostRefreshes refreshes)
{
    /// <exception cref="Fault">Conflict for a port that the cloud itself has use for: a router's, a floating address's; and for one that is in a trunk, or has one.</exception>
    public async ValueTask RemoveAsync(Tx tx, PortRow seen, string cause)
    {
        var network = await tx.LockNetworkAsync(seen.NetworkId) ?? throw NeutronFault.PortNotFound(seen.Id);
        var port = await tx.FindPortAsync(seen.Id) ?? throw NeutronFault.PortNotFound(seen.Id);
        if (await tx.FindRouterOfAsync(port.Id) is not null || await tx.HoldsFloatingAsync(port.Id))
            throw NeutronFault.ServicePortInUse(port);
        await tx.CheckNoTrunkAsync(port);
        await ports.RemoveAsync(tx, port, cause);
        if (network.DhcpPortId == port.Id)
        {
            await dhcp.EnsureAsync(tx, network.Id);
            await refreshes.NetworkChangedAsync(tx, network.Id);
        }
    }
}
