using Pipeline.Data;
using Pipeline.Network.Ipam;
using Pipeline.Network.Networks;
using Pipeline.Network.PortForwardings;
using Pipeline.Network.Ports;
using Pipeline.Network.Quotas;
using Pipeline.Network.Routers;
using Pipeline.Network.Tags;

namespace Pipeline.Network.FloatingIps;

/// <summary>Takes floating addresses from external networks, links them to ports, and gives them back.</summary>
internal sealed class FloatingIpBook(PortBook ports, RouterRefreshes refreshes, Randomness randomness)
{
    /// <summary>Takes an address. The caller has claimed its quota.</summary>
    /// <exception cref="Fault">BadRequest for a network that is not external; Conflict when no address is left.</exception>
    public async ValueTask<FloatingIpRow> AddAsync(Tx tx, Caller caller, NewFloatingIp order)
    {
        var network = await tx.GetNetworkAsync(caller, order.Network.ToString());
        if (!network.External)
            throw NeutronFault.BadFloatingIp($"Network {network.Id} is not a valid external network");
        await tx.LockNetworkAsync(network.Id);
        var row = new FloatingIpRow
        {
            Id = new(randomness.NewGuid()),
            ProjectId = order.Project,
            Description = order.Description,
            FloatingNetworkId = network.Id,
        };
        var port = await AddPortAsync(tx, network, row.Id, order);
        var address = (await tx.ListAllocationsAsync([port.Id.ToString()])) is [{ Version: 4 } first, ..]
            ? first.Ip
            : throw NeutronFault.BadFloatingIp($"Network {network.Id} does not contain any IPv4 subnet");
        row = row with { FloatingPortId = port.Id, FloatingIpAddress = address };
        await tx.AddFloatingIpAsync(row);
        return order.Port is { } inner
            ? await LinkAsync(tx, row, await PortAsync(tx, caller, inner), order.FixedIp)
            : row;
    }

    /// <summary>Lets a floating address stand for one of a port; the link to another port goes.</summary>
    /// <exception cref="Fault">
    /// NotFound when no router leads there; Conflict when the address has a floating one already, or single ports are forwarded.
    /// </exception>
    public async ValueTask<FloatingIpRow> LinkAsync(Tx tx, FloatingIpRow floating, PortRow port, string? fixedIp)
    {
        if (await tx.HasForwardingsAsync(floating.Id))
            throw NeutronFault.HasForwardings(floating.Id);
        var addresses = await tx.ListAllocationsAsync([port.Id.ToString()]);
        var address = AddressOf(floating, port, addresses, fixedIp);
        var twins = await tx.ListFloatingOfPortAsync(port.Id);
        if (
            twins.Any(t =>
                t.Id != floating.Id
                && t.FixedIpAddress == address.Ip
                && t.FloatingNetworkId == floating.FloatingNetworkId
            )
        )
            throw NeutronFault.AlreadyFloating(floating, port.Id, address.Ip);
        var router = await RouterAsync(tx, floating.FloatingNetworkId, address.SubnetId, port.Id);
        var linked = floating with
        {
            PortId = port.Id,
            FixedIpAddress = address.Ip,
            RouterId = router.Id,
            Status = FloatingIpRow.Down,
        };
        await ChangeAsync(tx, floating, linked);
        return linked;
    }

    /// <summary>Takes the link off. Forwardings of single ports are no link, and stay.</summary>
    public async ValueTask UnlinkAsync(Tx tx, FloatingIpRow floating)
    {
        if (floating.PortId is null)
        {
            await tx.UpdateFloatingIpAsync(floating);
            return;
        }
        var free = floating with { PortId = null, FixedIpAddress = null, RouterId = null, Status = FloatingIpRow.Down };
        await ChangeAsync(tx, floating, free);
    }

    /// <summary>Gives the address back, with what its ports stood for: at once, or when its router's host has let go of it.</summary>
    public async ValueTask RemoveAsync(Tx tx, FloatingIpRow floating)
    {
        await tx.DeleteTagsAsync(floating.Id.ToString());
        await tx.DeleteForwardingsOfAsync(floating.Id);
        await tx.ReleaseAsync(floating.ProjectId, Quota.FloatingIp, 1);
        var port = await tx.FindPortAsync(floating.FloatingPortId);
        if (floating.RouterId is { } router)
        {
            await tx.BuryFloatingIpAsync(floating.Id);
            if (port is not null)
                await ports.BuryAsync(tx, port);
            await refreshes.ChangedAsync(tx, router);
            return;
        }
        await tx.PurgeFloatingIpAsync(floating.Id);
        if (port is not null)
            await ports.DropAsync(tx, port);
    }

    /// <summary>A port that the caller may give a floating address to.</summary>
    public static async ValueTask<PortRow> PortAsync(Tx tx, Caller caller, PortId id)
    {
        var port = await tx.GetPortAsync(caller, id.ToString());
        return caller.IsAdmin || port.ProjectId == caller.ProjectId ? port : throw NeutronFault.PortNotFound(id);
    }

    /// <summary>The one that leads there; held, so that it goes on doing so.</summary>
    private static async ValueTask<RouterRow> RouterAsync(Tx tx, NetworkId external, SubnetId subnet, PortId port)
    {
        var found = await tx.FindRouterBetweenAsync(subnet, external);
        if (found is not null)
            await tx.LockRouterAsync(found.Id);
        return found is not null && (await tx.FindRouterBetweenAsync(subnet, external))?.Id == found.Id
            ? found
            : throw NeutronFault.NotReachable(external, subnet, port);
    }

    private async ValueTask ChangeAsync(Tx tx, FloatingIpRow before, FloatingIpRow after)
    {
        await tx.UpdateFloatingIpAsync(after);
        foreach (
            var router in new[] { before.RouterId, after.RouterId }.OfType<RouterId>().Distinct().OrderBy(r => r.Value)
        )
            await refreshes.ChangedAsync(tx, router);
    }

    private async ValueTask<PortRow> AddPortAsync(Tx tx, NetworkRow network, FloatingIpId id, NewFloatingIp order)
    {
        var port = new NewPort(
            new()
            {
                NetworkId = network.Id,
                ProjectId = PortRow.Nobody,
                AdminStateUp = true,
                Status = "N/A",
                DeviceId = id.ToString(),
                DeviceOwner = PortRow.FloatingIp,
            }
        )
        {
            FixedIps = order is { Subnet: null, Address: null } ? null : [new FixedIp(order.Subnet, order.Address)],
        };
        await tx.CountAsync(PortRow.Nobody, Quota.Port, 1);
        return await ports.AddAsync(tx, network, port);
    }

    private static AllocationRow AddressOf(
        FloatingIpRow floating,
        PortRow port,
        IReadOnlyList<AllocationRow> addresses,
        string? fixedIp
    )
    {
        if (fixedIp is not null)
            return addresses.FirstOrDefault(a => a.Ip == fixedIp)
                ?? throw NeutronFault.BadFloatingIp($"Port {port.Id} does not have fixed ip {fixedIp}");
        var own = addresses.Where(a => a.Version == 4).ToList();
        return own.Count switch
        {
            0 => throw NeutronFault.BadFloatingIp(
                $"Cannot add floating IP {floating.FloatingIpAddress} to port {port.Id} that has no fixed IPv4 addresses"
            ),
            1 => own[0],
            _ => throw NeutronFault.BadFloatingIp(
                $"Port {port.Id} has multiple fixed IPv4 addresses. Must provide a specific IPv4 address when assigning a floating IP"
            ),
        };
    }
}
