using Pipeline.Data;
using Pipeline.Network.Hosts;
using Pipeline.Network.Networks;

namespace Pipeline.Network.Ports;

/// <summary>Takes a port away at its tenant's word, also a running server's; a network's DHCP port comes back at once.</summary>
internal sealed class PortRemoval(PortBook ports, DhcpPorts dhcp, HostRefreshes refreshes)
{
    public async ValueTask RemoveAsync(Tx tx, PortRow port, string cause)
    {
        var network = (await tx.LockNetworkAsync(port.NetworkId))!;
        await ports.RemoveAsync(tx, port, cause);
        if (network.DhcpPortId == port.Id)
        {
            await dhcp.EnsureAsync(tx, network.Id);
            await refreshes.NetworkChangedAsync(tx, network.Id);
        }
    }
}
