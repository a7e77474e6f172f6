using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Routers;

/// <summary>Adds routes to a router's; one that it has already is no error.</summary>
internal sealed class AddExtraRoutes(Database db, RouterRefreshes refreshes)
{
    private const string Rule = "network:routers:add-routes";

    [Function("network-add-extra-routes"), Policy(Rule, Require.ProjectMember)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "network/v2.0/routers/{id}/add_extraroutes")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        var body = await request.ReadFieldsAsync(request.HttpContext.RequestAborted);
        var router = await db.WriteAsync(async tx =>
        {
            var before = await tx.LockRouterAsync(caller, id);
            var named = ExtraRoutes.Read(body.Updated(RouterView.All, caller));
            var routes = before.ExtraRoutes.Union(named).ToList();
            if (routes.Count != before.ExtraRoutes.Count)
            {
                ExtraRoutes.Check(routes, await RouterInterfaces.AddressesAsync(tx, before));
                await tx.UpdateRouterAsync(before with { Routes = RouterRow.Write(routes) });
                await refreshes.ChangedAsync(tx, before.Id);
                await tx.AuditAsync(caller.Audit(requestId, Rule, $"router/{before.Id}"));
            }
            return await tx.RouterItemAsync(before.Id);
        });
        return RouterView.All.Show(request, caller, router);
    }
}
