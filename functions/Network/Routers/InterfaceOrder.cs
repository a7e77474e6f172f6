using Pipeline.Data;
using Pipeline.Network.Ipam;
using Pipeline.Network.Ports;
using Pipeline.Network.Subnets;

namespace Pipeline.Network.Routers;

/// <summary>Which interface is meant: by its subnet, by its port, or by both.</summary>
internal sealed record InterfaceOrder(SubnetId? Subnet, PortId? Port)
{
    /// <exception cref="Fault">BadRequest when neither is named.</exception>
    public static InterfaceOrder Read(Fields body)
    {
        body.Only("subnet_id", "port_id");
        var order = new InterfaceOrder(
            body.Nullable("subnet_id")?.Id<SubnetId>(),
            body.Nullable("port_id")?.Id<PortId>()
        );
        return order is { Subnet: null, Port: null }
            ? throw NeutronFault.BadRouter("Either subnet_id or port_id must be specified")
            : order;
    }

    /// <summary>The router's interface that is meant.</summary>
    /// <exception cref="Fault">NotFound when it has none such; Conflict when port and subnet do not belong together.</exception>
    public async ValueTask<PortRow> FindAsync(Tx tx, RouterRow router)
    {
        var own = (await tx.ListRouterPortsAsync(router.Id)).Where(p => p.Id != router.GatewayPortId).ToList();
        var addresses = (await tx.ListAllocationsAsync(own.Select(p => p.Id.ToString()))).ToLookup(a => a.PortId);
        bool IsOn(PortRow port) => Subnet is null || addresses[port.Id].Any(a => a.SubnetId == Subnet);
        if (Port is { } id)
        {
            var port = own.Find(p => p.Id == id) ?? throw NeutronFault.InterfaceNotFound(router.Id, id);
            return IsOn(port)
                ? port
                : throw Fault.Conflict(
                    $"Interface {id} of router {router.Id} has no address of subnet {Subnet}.",
                    "SubnetMismatchForPort"
                );
        }
        return own.Find(IsOn)
            ?? (
                await tx.FindSubnetAsync(Subnet!.Value) is null
                    ? throw NeutronFault.SubnetNotFound(Subnet)
                    : throw NeutronFault.InterfaceNotFound(router.Id, Subnet.Value)
            );
    }
}
