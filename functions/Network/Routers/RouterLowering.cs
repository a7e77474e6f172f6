using Pipeline.Contracts.Drivers;
using Pipeline.Data;
using Pipeline.Network.Ipam;
using Pipeline.Network.PortForwardings;
using Pipeline.Network.Ports;
using Pipeline.Network.Subnets;

namespace Pipeline.Network.Routers;

/// <summary>Makes of a router's records what its host's driver is told.</summary>
internal static class RouterLowering
{
    /// <param name="networks">Of the ports, as the host is told them.</param>
    public static async ValueTask<HostRouter> LowerAsync(
        this Tx tx,
        RouterRow router,
        IReadOnlyList<PortRow> ports,
        IReadOnlyList<HostNetwork> networks,
        string cloud
    )
    {
        var addresses = (await tx.ListAllocationsAsync(ports.Select(p => p.Id.ToString()))).ToLookup(a => a.PortId);
        var subnets = (await tx.ListSubnetsAsync(networks.Select(n => n.Id))).ToDictionary(s => s.Id);
        RouterLeg LegOf(PortRow port) =>
            new(
                port.Id,
                port.MacAddress,
                [
                    .. addresses[port.Id]
                        .Where(a => subnets.ContainsKey(a.SubnetId))
                        .Select(a => $"{a.Ip}/{subnets[a.SubnetId].Prefix.Length}"),
                ],
                networks.First(n => n.Id == port.NetworkId).Mtu
            );
        RouterLeg InnerLegOf(PortRow port) =>
            LegOf(port) with
            {
                Advertisements = Announced(addresses[port.Id], subnets),
            };
        var gateway = ports.FirstOrDefault(p => p.Id == router.GatewayPortId);
        var own = ports
            .SelectMany(p => addresses[p.Id])
            .Where(a => subnets.ContainsKey(a.SubnetId))
            .Select(a => (subnets[a.SubnetId].Prefix, a.Ip))
            .ToList();
        var forwardings = gateway is null ? [] : await tx.ListForwardedAsync(router.Id);
        return new(
            router.Id,
            cloud,
            router.AdminStateUp,
            [.. ports.Where(p => p.Id != router.GatewayPortId).Select(InnerLegOf)],
            gateway is null ? null : GatewayOf(router, LegOf(gateway), addresses[gateway.Id], subnets),
            [.. ExtraRoutes.Usable(router.ExtraRoutes, own).Select(r => new HostRoute(r.Destination, r.NextHop))],
            gateway is null ? [] : await tx.ListAsync<HostFloatingIp>(Floating, new { router = router.Id })
        )
        {
            Forwardings = forwardings.Count > 0 ? forwardings : null,
        };
    }

    /// <summary>Only what stands for an address that its port still has: another one's guest is never let in by it.</summary>
    private const string Floating = """
        SELECT f.floating_ip_address AS address, f.fixed_ip_address AS fixed_address
        FROM floating_ips f JOIN ip_allocations a ON a.port_id = f.port_id AND a.ip = f.fixed_ip_address
        WHERE f.router_id = @router AND f.deleted_at IS NULL ORDER BY f.id
        """;

    private static RouterGateway GatewayOf(
        RouterRow router,
        RouterLeg leg,
        IEnumerable<AllocationRow> addresses,
        Dictionary<SubnetId, SubnetRow> subnets
    )
    {
        var reached = Of(addresses, subnets);
        string? NextHop(int version) =>
            reached.Where(s => s.IpVersion == version).Select(s => s.GatewayIp).OfType<string>().FirstOrDefault();
        return new(leg, NextHop(4), router.EnableSnat) { NextHop6 = NextHop(6) };
    }

    /// <summary>Null for none.</summary>
    private static IReadOnlyList<RouterAdvertisement>? Announced(
        IEnumerable<AllocationRow> addresses,
        Dictionary<SubnetId, SubnetRow> subnets
    )
    {
        var announced = Of(addresses, subnets)
            .Where(s => s.Ipv6RaMode is not null)
            .Select(s => new RouterAdvertisement(s.Cidr, s.Ipv6RaMode!, s.Nameservers))
            .ToList();
        return announced.Count > 0 ? announced : null;
    }

    private static IReadOnlyList<SubnetRow> Of(
        IEnumerable<AllocationRow> addresses,
        Dictionary<SubnetId, SubnetRow> subnets
    ) => [.. addresses.Select(a => subnets.GetValueOrDefault(a.SubnetId)).OfType<SubnetRow>().Distinct()];
}
