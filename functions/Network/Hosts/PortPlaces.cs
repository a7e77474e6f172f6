using Pipeline.Data;
using Pipeline.Network.Ports;

namespace Pipeline.Network.Hosts;

/// <summary>Sees which networks a host has no port of any more: it is told no names of them, and the others send it nothing from then on.</summary>
internal sealed class PortPlaces(HostRefreshes refreshes)
{
    /// <param name="ports">Ports as they were when their hosts had them; they have let go of all or some.</param>
    public async ValueTask LeftAsync(Tx tx, IEnumerable<PortRow> ports)
    {
        var places = ports
            .Where(p => p.HostId is not null)
            .Select(p => (p.NetworkId, Host: p.HostId!.Value))
            .Distinct();
        foreach (var (network, host) in places.OrderBy(p => p.NetworkId.Value))
        {
            if (await tx.IsPlacedAsync(network, host))
                continue;
            await tx.ForgetNameHostAsync(network, host);
            await refreshes.PlacesChangedAsync(tx, network);
        }
    }
}
