using Pipeline.Data;

namespace Pipeline.Network.Routers;

internal sealed class RemoveRouterInterface(Database db, RouterInterfaces interfaces, RouterRefreshes refreshes)
{
    private const string Rule = "network:routers:remove-interface";

    [Function("network-remove-router-interface"), Policy(Rule, Require.ProjectMember)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "network/v2.0/routers/{id}/remove_router_interface")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        var order = InterfaceOrder.Read(await request.ReadFieldsAsync(request.HttpContext.RequestAborted));
        return await db.WriteAsync(async tx =>
        {
            var router = await tx.LockRouterAsync(caller, id);
            var port = await order.FindAsync(tx, router);
            var removed = await interfaces.RemoveAsync(tx, router, port, order.Port is null ? order.Subnet : null);
            await tx.TouchRouterAsync(router.Id);
            await refreshes.ChangedAsync(tx, router.Id);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"router/{router.Id}"));
            return RouterView.Interface(router, removed);
        });
    }
}
