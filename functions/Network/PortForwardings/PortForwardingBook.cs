using Pipeline.Data;
using Pipeline.Network.FloatingIps;
using Pipeline.Network.Ipam;
using Pipeline.Network.Networks;
using Pipeline.Network.Ports;
using Pipeline.Network.Routers;

namespace Pipeline.Network.PortForwardings;

/// <summary>
/// Has ports of floating addresses stand for ports behind routers. While a floating address has any, it is its router's;
/// with the last one it is nobody's.
/// </summary>
internal sealed class PortForwardingBook(RouterRefreshes refreshes, Randomness randomness)
{
    /// <exception cref="Fault">Conflict when the floating address or the port has a link; BadRequest for what cannot be led to.</exception>
    public async ValueTask<PortForwardingRow> AddAsync(
        Tx tx,
        Caller caller,
        FloatingIpRow floating,
        PortForwardingRow order
    )
    {
        var row = order with { Id = new(randomness.NewGuid()), FloatingIpId = floating.Id };
        var (leading, router) = await LeadAsync(tx, caller, row);
        await tx.AddForwardingAsync(leading);
        await ChangedAsync(tx, leading.FloatingIpId, router);
        return leading;
    }

    /// <returns>False when nothing changed.</returns>
    public async ValueTask<bool> UpdateAsync(Tx tx, Caller caller, PortForwardingRow before, PortForwardingRow after)
    {
        if (after == before)
            return false;
        if (after with { Description = before.Description } == before)
        {
            await tx.UpdateForwardingAsync(after);
            await tx.TouchFloatingIpAsync(after.FloatingIpId);
            return true;
        }
        var (leading, router) = await LeadAsync(tx, caller, after);
        await tx.UpdateForwardingAsync(leading);
        await ChangedAsync(tx, leading.FloatingIpId, router);
        return true;
    }

    /// <summary>Takes some away: at a tenant's word, or with what they led to.</summary>
    public async ValueTask RemoveAsync(Tx tx, IReadOnlyList<PortForwardingRow> rows)
    {
        foreach (var group in rows.GroupBy(r => r.FloatingIpId).OrderBy(g => g.Key.Value))
        {
            var floating = await tx.LockFloatingIpAsync(group.Key);
            foreach (var row in group)
                await tx.DeleteForwardingAsync(row.Id);
            if (floating is { RouterId: { } router })
                await ChangedAsync(tx, group.Key, await tx.HasForwardingsAsync(group.Key) ? router : null, router);
        }
    }

    /// <summary>Makes sure of everything on the way, and holds it: the port's network, the floating address, the router.</summary>
    private static async ValueTask<(PortForwardingRow Row, RouterId Router)> LeadAsync(
        Tx tx,
        Caller caller,
        PortForwardingRow row
    )
    {
        var seen = await FloatingIpBook.PortAsync(tx, caller, row.InternalPortId);
        await tx.LockNetworkAsync(seen.NetworkId);
        var port = await FloatingIpBook.PortAsync(tx, caller, row.InternalPortId);
        var floating =
            await tx.LockFloatingIpAsync(row.FloatingIpId) ?? throw NeutronFault.FloatingIpNotFound(row.FloatingIpId);
        if (floating.PortId is not null)
            throw NeutronFault.AlreadyFloating(floating, port.Id, row.InternalIpAddress);
        if (await tx.ListFloatingOfPortAsync(port.Id) is [var own, ..])
            throw NeutronFault.PortHasFloating(own, port.Id, row.InternalIpAddress);
        var addresses = await tx.ListAllocationsAsync([port.Id.ToString()]);
        var address = AddressOf(row, [.. addresses.Where(a => a.Version == 4)]);
        var leading = row with { InternalIpAddress = address.Ip };
        var router = await RouterAsync(tx, floating, port.Id, address.SubnetId);
        await CheckTwinsAsync(tx, leading);
        return (leading, router);
    }

    private static AllocationRow AddressOf(PortForwardingRow row, IReadOnlyList<AllocationRow> addresses) =>
        addresses.Count == 0
            ? throw NeutronFault.BadForwarding(
                $"Requested internal port {row.InternalPortId} must allocate an IPv4 address at least"
            )
        : row.InternalIpAddress.Length == 0 ? addresses[0]
        : addresses.FirstOrDefault(a => a.Ip == row.InternalIpAddress)
            ?? throw NeutronFault.BadForwarding(
                $"Requested internal IP address {row.InternalIpAddress} is not suitable for internal neutron port "
                    + $"{row.InternalPortId}, as its fixed_ips are {string.Join(", ", addresses.Select(a => a.Ip))}"
            );

    /// <summary>The one that leads from the floating address to the subnet; held, so that it goes on doing so.</summary>
    private static async ValueTask<RouterId> RouterAsync(Tx tx, FloatingIpRow floating, PortId port, SubnetId subnet)
    {
        var external = floating.FloatingNetworkId;
        if (await tx.FindRouterBetweenAsync(subnet, external) is not { } found)
            throw NeutronFault.NotForwardable(floating, subnet, port);
        await tx.LockRouterAsync(found.Id);
        if ((await tx.FindRouterBetweenAsync(subnet, external))?.Id != found.Id)
            throw NeutronFault.NotForwardable(floating, subnet, port);
        return floating.RouterId is null || floating.RouterId == found.Id
            ? found.Id
            : throw NeutronFault.BadForwarding(
                $"The Floating IP {floating.Id} had been set on router {floating.RouterId}, the internal Neutron port "
                    + $"{port} can not reach it"
            );
    }

    private static async ValueTask CheckTwinsAsync(Tx tx, PortForwardingRow row)
    {
        if (await tx.FindSameOutsideAsync(row) is not null)
            throw NeutronFault.ForwardingTwin(
                $"'floatingip_id': '{row.FloatingIpId}', 'external_port': {row.ExternalPort}, 'protocol': '{row.Protocol}'"
            );
        if (await tx.FindSameInsideAsync(row) is not null)
            throw NeutronFault.ForwardingTwin(
                $"'internal_port_id': '{row.InternalPortId}', 'internal_ip_address': '{row.InternalIpAddress}', "
                    + $"'internal_port': {row.InternalPort}, 'protocol': '{row.Protocol}'"
            );
    }

    /// <summary>The floating address is its router's while it has any; that one's host is told.</summary>
    private ValueTask ChangedAsync(Tx tx, FloatingIpId floating, RouterId router) =>
        ChangedAsync(tx, floating, router, router);

    private async ValueTask ChangedAsync(Tx tx, FloatingIpId id, RouterId? router, RouterId told)
    {
        if (await tx.FindFloatingIpAsync(id) is { } floating)
            await tx.UpdateFloatingIpAsync(
                floating with
                {
                    RouterId = router,
                    Status = router is null ? FloatingIpRow.Down : floating.Status,
                }
            );
        await refreshes.ChangedAsync(tx, told);
    }
}
