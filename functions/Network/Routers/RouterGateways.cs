using Pipeline.Data;
using Pipeline.Network.FloatingIps;
using Pipeline.Network.Ipam;
using Pipeline.Network.Networks;
using Pipeline.Network.Ports;
using Pipeline.Network.Quotas;
using Pipeline.Network.Subnets;

namespace Pipeline.Network.Routers;

/// <summary>A router's way out: a port on an external network, which belongs to no project. The caller holds the router.</summary>
internal sealed class RouterGateways(PortBook ports, RouterInterfaces interfaces)
{
    /// <returns>The router with its gateway; its row is not written yet.</returns>
    /// <exception cref="Fault">BadRequest for a network that is not external; Conflict when floating addresses need the old one.</exception>
    public async ValueTask<RouterRow> SetAsync(Tx tx, Caller caller, RouterRow router, GatewayOrder order)
    {
        if (order.Network is not { } id)
            return await ClearAsync(tx, router);
        var network = await tx.GetNetworkAsync(caller, id.ToString());
        if (!network.External)
            throw NeutronFault.BadRouter($"Network {id} is not an external network");
        await tx.LockNetworkAsync(id);
        if (router.GatewayNetworkId == id)
            return await ChangeAsync(tx, network, router, order);
        var cleared = await ClearAsync(tx, router);
        var port = await AddAsync(tx, network, cleared, order.Addresses);
        return cleared with { GatewayNetworkId = id, GatewayPortId = port, EnableSnat = order.Snat ?? true };
    }

    public async ValueTask<RouterRow> ClearAsync(Tx tx, RouterRow router)
    {
        if (router.GatewayPortId is not { } id)
            return router;
        if (await tx.HasFloatingAtAsync(router.Id))
            throw NeutronFault.GatewayInUse(router.Id, router.GatewayNetworkId!.Value);
        if (await tx.FindPortAsync(id) is { } port)
            await interfaces.DropAsync(tx, port);
        return router with { GatewayNetworkId = null, GatewayPortId = null };
    }

    private async ValueTask<PortId> AddAsync(
        Tx tx,
        NetworkRow network,
        RouterRow router,
        IReadOnlyList<FixedIp>? addresses
    )
    {
        await RouterInterfaces.CheckAsync(tx, router, await tx.ListSubnetsAsync([network.Id]));
        var order = new NewPort(
            new()
            {
                NetworkId = network.Id,
                ProjectId = PortRow.Nobody,
                AdminStateUp = true,
                DeviceId = router.Id.ToString(),
                DeviceOwner = PortRow.RouterGateway,
            }
        )
        {
            FixedIps = addresses,
        };
        await tx.CountAsync(PortRow.Nobody, Quota.Port, 1);
        var port = await ports.AddAsync(tx, network, order);
        if ((await tx.ListAllocationsAsync([port.Id.ToString()])).Count == 0)
            throw NeutronFault.BadRouter($"No IPs available for external network {network.Id}");
        await tx.AddRouterPortAsync(router.Id, port.Id, isGateway: true);
        return port.Id;
    }

    private static async ValueTask<RouterRow> ChangeAsync(
        Tx tx,
        NetworkRow network,
        RouterRow router,
        GatewayOrder order
    )
    {
        if (order.Addresses is { Count: > 0 } addresses)
        {
            var port = await tx.PortItemAsync(router.GatewayPortId!.Value);
            await tx.ChangeAsync(network, port, addresses, port.Row.MacAddress);
        }
        return router with { EnableSnat = order.Snat ?? router.EnableSnat };
    }
}
