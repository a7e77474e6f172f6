using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Routers;

internal sealed class UpdateRouter(Database db, RouterGateways gateways, RouterRefreshes refreshes)
{
    private const string Rule = "network:routers:update";

    [Function("network-update-router"), Policy(Rule, Require.ProjectMember)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "network/v2.0/routers/{id}")] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        var body = await request.ReadFieldsAsync(request.HttpContext.RequestAborted);
        var router = await db.WriteAsync(async tx =>
        {
            var before = await tx.LockRouterAsync(caller, id);
            request.CheckRevision(before.RevisionNumber);
            var order = NewRouter.Update(before, body.Updated(RouterView.All, caller), caller);
            var after = order.Gateway is { } gateway
                ? await gateways.SetAsync(tx, caller, order.Row, gateway)
                : order.Row;
            if (order.Routes is { } routes)
            {
                ExtraRoutes.Check(routes, await RouterInterfaces.AddressesAsync(tx, after));
                after = after with { Routes = RouterRow.Write(routes) };
            }
            if (after == before && order.Gateway?.Addresses is null)
                return await tx.RouterItemAsync(before.Id);
            await tx.UpdateRouterAsync(after);
            if (
                after with { Name = before.Name, Description = before.Description } != before
                || order.Gateway is not null
            )
                await refreshes.ChangedAsync(tx, before.Id);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"router/{before.Id}"));
            return await tx.RouterItemAsync(before.Id);
        });
        return RouterView.All.Show(request, caller, router);
    }
}
