using Pipeline.Data;

namespace Pipeline.Network.Routers;

internal sealed class ShowRouter(Database db)
{
    [Function("network-show-router"), Policy("network:routers:show", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/routers/{id}")] HttpRequest request,
        Caller caller,
        string id
    )
    {
        var router = await db.ReadAsync(async tx => await tx.RouterItemAsync((await tx.GetRouterAsync(caller, id)).Id));
        return RouterView.All.Show(request, caller, router);
    }
}
