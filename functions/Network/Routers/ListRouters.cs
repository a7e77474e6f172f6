using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Routers;

internal sealed class ListRouters(Database db, PublicUrl publicUrl)
{
    [Function("network-list-routers"), Policy("network:routers:list", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/routers")] HttpRequest request,
        Caller caller
    )
    {
        var query = ListQuery.Of(request, RouterView.All);
        var routers = await db.ReadAsync(async tx =>
            await tx.ItemsAsync(await tx.PageAsync<RouterRow>(RouterStore.Listed, query, caller.Viewer()))
        );
        return RouterView.All.List(request, caller, publicUrl, query, routers, r => r.Row.Id.ToString());
    }
}
