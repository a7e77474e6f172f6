using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.FloatingIps;

internal sealed class ListFloatingIps(Database db, PublicUrl publicUrl)
{
    [Function("network-list-floating-ips"), Policy("network:floating-ips:list", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/floatingips")] HttpRequest request,
        Caller caller
    )
    {
        var query = ListQuery.Of(request, FloatingIpView.All);
        var floating = await db.ReadAsync(async tx =>
            await tx.ItemsAsync(await tx.PageAsync<FloatingIpRow>(FloatingIpStore.Listed, query, caller.Viewer()))
        );
        return FloatingIpView.All.List(request, caller, publicUrl, query, floating, f => f.Row.Id.ToString());
    }
}
