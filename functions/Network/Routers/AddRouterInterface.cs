using Pipeline.Data;
using Pipeline.Network.Ports;
using Pipeline.Network.Subnets;

namespace Pipeline.Network.Routers;

internal sealed class AddRouterInterface(Database db, RouterInterfaces interfaces, RouterRefreshes refreshes)
{
    private const string Rule = "network:routers:add-interface";

    [Function("network-add-router-interface"), Policy(Rule, Require.ProjectMember)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "network/v2.0/routers/{id}/add_router_interface")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        var order = InterfaceOrder.Read(await request.ReadFieldsAsync(request.HttpContext.RequestAborted));
        if (order is { Subnet: not null, Port: not null })
            throw NeutronFault.BadRouter("Cannot specify both subnet-id and port-id");
        return await db.WriteAsync(async tx =>
        {
            var router = await tx.LockRouterAsync(caller, id);
            var added = order.Port is { } port
                ? await interfaces.AddAsync(tx, router, await PortAsync(tx, caller, port))
                : await interfaces.AddAsync(tx, router, await tx.GetSubnetAsync(caller, order.Subnet.ToString()!));
            await tx.TouchRouterAsync(router.Id);
            await refreshes.ChangedAsync(tx, router.Id);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"router/{router.Id}"));
            return RouterView.Interface(router, added);
        });
    }

    /// <summary>A port becomes a router's at its own project's word alone.</summary>
    private static async ValueTask<PortRow> PortAsync(Tx tx, Caller caller, PortId id)
    {
        var port = await tx.GetPortAsync(caller, id.ToString());
        return caller.IsAdmin || port.ProjectId == caller.ProjectId ? port : throw NeutronFault.PortNotFound(id);
    }
}
