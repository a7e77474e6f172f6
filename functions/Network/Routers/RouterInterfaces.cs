using Pipeline.Data;
using Pipeline.Network.FloatingIps;
using Pipeline.Network.Hosts;
using Pipeline.Network.Ipam;
using Pipeline.Network.Networks;
using Pipeline.Network.PortForwardings;
using Pipeline.Network.Ports;
using Pipeline.Network.Quotas;
using Pipeline.Network.Subnets;

namespace Pipeline.Network.Routers;

/// <summary>Joins routers to subnets and takes them off. The caller holds the router.</summary>
internal sealed class RouterInterfaces(PortBook ports, HostRefreshes refreshes)
{
    /// <summary>An interface with the subnet's gateway address; the IPv6 subnets of a network share one.</summary>
    /// <exception cref="Fault">
    /// BadRequest for a subnet without a gateway, with a router of its own, or one that overlaps; Conflict when its address is
    /// taken.
    /// </exception>
    public async ValueTask<RouterInterface> AddAsync(Tx tx, RouterRow router, SubnetRow subnet)
    {
        if (subnet.GatewayIp is not { } gateway || !IpAddress.TryParse(gateway, out var address))
            throw NeutronFault.BadRouter("Subnet for router interface must have a gateway IP");
        if (subnet is { Ipv6RaMode: null, Ipv6AddressMode: not null })
            throw NeutronFault.BadRouter(
                $"IPv6 subnet {subnet.Id} configured to receive RAs from an external router cannot be added to Neutron Router"
            );
        await CheckAsync(tx, router, [subnet]);
        var network =
            await tx.LockNetworkAsync(subnet.NetworkId) ?? throw NeutronFault.NetworkNotFound(subnet.NetworkId);
        var leg = new FixedIp(subnet.Id, address);
        if (subnet.IpVersion == 6 && await FindV6Async(tx, router, network.Id) is { } own)
        {
            await ReaddressAsync(tx, network, own, [.. own.Addresses.Select(AsAsked), leg]);
            return new(own.Row.Id, network.Id, [subnet.Id]);
        }
        await tx.ClaimAsync(router.ProjectId, Quota.Port, 1);
        var order = new NewPort(
            new()
            {
                NetworkId = network.Id,
                ProjectId = router.ProjectId,
                AdminStateUp = true,
                DeviceId = router.Id.ToString(),
                DeviceOwner = PortRow.RouterInterface,
            }
        )
        {
            FixedIps = [leg],
        };
        var port = await ports.AddAsync(tx, network, order);
        await tx.AddRouterPortAsync(router.Id, port.Id, isGateway: false);
        return new(port.Id, network.Id, [subnet.Id]);
    }

    /// <summary>A port that its owner has made becomes the interface.</summary>
    /// <exception cref="Fault">Conflict when it is in use; BadRequest when it has no address, or one that overlaps.</exception>
    public async ValueTask<RouterInterface> AddAsync(Tx tx, RouterRow router, PortRow seen)
    {
        await tx.LockNetworkAsync(seen.NetworkId);
        var port = await tx.FindPortAsync(seen.Id) ?? throw NeutronFault.PortNotFound(seen.Id);
        if (port.DeviceId.Length > 0 || port.ServerId is not null || port.HostId is not null)
            throw NeutronFault.PortInUse(port);
        var addresses = await tx.ListAllocationsAsync([port.Id.ToString()]);
        if (addresses.Count == 0)
            throw NeutronFault.BadRouter("Port must have at least one fixed IP");
        var subnets = await SubnetsAsync(tx, addresses);
        if (subnets.Count(s => s.IpVersion == 4) > 1)
            throw NeutronFault.BadRouter("Cannot have multiple IPv4 subnets on router port");
        if (subnets.Any(s => s.IpVersion == 6) && await FindV6Async(tx, router, port.NetworkId) is { } own)
            throw NeutronFault.BadRouter(
                $"Router already contains IPv6 port {own.Row.Id} belonging to network id {port.NetworkId}. Only one IPv6 port "
                    + "from the same network subnet can be connected to a router"
            );
        await CheckAsync(tx, router, subnets);
        await tx.UpdatePortAsync(port with { DeviceId = router.Id.ToString(), DeviceOwner = PortRow.RouterInterface });
        await tx.AddRouterPortAsync(router.Id, port.Id, isGateway: false);
        return new(port.Id, port.NetworkId, [.. subnets.Select(s => s.Id)]);
    }

    /// <summary>Takes an interface away, and its port with it unless other subnets have it, too.</summary>
    /// <param name="only">The subnet that is left; null for all that the interface has.</param>
    /// <exception cref="Fault">Conflict when a floating address or a route needs it.</exception>
    public async ValueTask<RouterInterface> RemoveAsync(Tx tx, RouterRow router, PortRow port, SubnetId? only)
    {
        var network = await tx.LockNetworkAsync(port.NetworkId);
        var addresses = await tx.ListAllocationsAsync([port.Id.ToString()]);
        var left = addresses.Where(a => only is not null && a.SubnetId != only).ToList();
        var subnets = await SubnetsAsync(tx, addresses.Except(left));
        await CheckUnusedAsync(tx, router, subnets);
        if (left.Count == 0)
            await DropAsync(tx, port);
        else
            await ReaddressAsync(tx, network!, await tx.PortItemAsync(port.Id), [.. left.Select(AsAsked)]);
        return new(port.Id, port.NetworkId, [.. subnets.Select(s => s.Id)]);
    }

    private static async ValueTask CheckUnusedAsync(Tx tx, RouterRow router, IReadOnlyList<SubnetRow> subnets)
    {
        foreach (var subnet in subnets)
        {
            if (
                await tx.HasFloatingBehindAsync(router.Id, subnet.Id)
                || await tx.HasForwardingBehindAsync(router.Id, subnet.Id)
            )
                throw NeutronFault.InterfaceInUse(router.Id, subnet.Id, "FloatingIP", "floating IPs");
            if (router.ExtraRoutes.Any(r => IpAddress.TryParse(r.NextHop, out var hop) && subnet.Prefix.Contains(hop)))
                throw NeutronFault.InterfaceInUse(router.Id, subnet.Id, "Route", "routes");
        }
    }

    /// <summary>The router's interface for the IPv6 subnets of a network; null when it has none yet.</summary>
    private static async ValueTask<PortItem?> FindV6Async(Tx tx, RouterRow router, NetworkId network)
    {
        var own = (await tx.ListRouterPortsAsync(router.Id)).Where(p =>
            p.NetworkId == network && p.Id != router.GatewayPortId
        );
        return (await tx.ItemsAsync([.. own])).FirstOrDefault(p => p.Addresses.Any(a => a.Version == 6));
    }

    private async ValueTask ReaddressAsync(Tx tx, NetworkRow network, PortItem port, IReadOnlyList<FixedIp> addresses)
    {
        await tx.ChangeAsync(network, port, addresses, port.Row.MacAddress);
        await tx.TouchPortAsync(port.Row.Id);
        if (port.Row.IsNamed)
            await refreshes.NamesChangedAsync(tx, network.Id, [port.Row.Id]);
    }

    private static FixedIp AsAsked(AllocationRow address) => new(address.SubnetId, address.Given);

    /// <summary>A port that a host has, or is getting, is freed when the host has let go of it.</summary>
    public async ValueTask DropAsync(Tx tx, PortRow port)
    {
        if (port.HostId is not null)
        {
            await ports.BuryAsync(tx, port);
            return;
        }
        await tx.ForgetRouterPortAsync(port.Id);
        await ports.DropAsync(tx, port);
    }

    /// <summary>The router's addresses, with the prefixes of their subnets.</summary>
    public static async ValueTask<IReadOnlyList<(Cidr Prefix, string Address)>> AddressesAsync(Tx tx, RouterRow router)
    {
        var own = await tx.ListRouterPortsAsync(router.Id);
        var addresses = await tx.ListAllocationsAsync(own.Select(p => p.Id.ToString()));
        var subnets = (await SubnetsAsync(tx, addresses)).ToDictionary(s => s.Id);
        return [.. addresses.Select(a => (subnets[a.SubnetId].Prefix, a.Ip))];
    }

    /// <summary>A router leads from a place to one network of its addresses alone.</summary>
    public static async ValueTask CheckAsync(Tx tx, RouterRow router, IReadOnlyList<SubnetRow> added)
    {
        foreach (var (prefix, _) in await AddressesAsync(tx, router))
            if (added.FirstOrDefault(s => s.Prefix.Overlaps(prefix)) is { } twin)
                throw NeutronFault.BadRouter(
                    $"Cidr {twin.Cidr} of subnet {twin.Id} overlaps with cidr {prefix} of a subnet that the router has already"
                );
    }

    private static async ValueTask<IReadOnlyList<SubnetRow>> SubnetsAsync(Tx tx, IEnumerable<AllocationRow> addresses)
    {
        var subnets = new List<SubnetRow>();
        foreach (var id in addresses.Select(a => a.SubnetId).Distinct())
            if (await tx.FindSubnetAsync(id) is { } subnet)
                subnets.Add(subnet);
        return subnets;
    }
}
