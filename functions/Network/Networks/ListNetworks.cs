using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Networks;

internal sealed class ListNetworks(Database db, PublicUrl publicUrl, NetworkOptions options)
{
    [Function("network-list-networks"), Policy("network:networks:list", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/networks")] HttpRequest request,
        Caller caller
    )
    {
        var query = ListQuery.Of(request, NetworkView.All);
        var networks = await db.ReadAsync(async tx =>
            await tx.ItemsAsync(
                await tx.PageAsync<NetworkRow>(NetworkStore.Listed, query, caller.Viewer()),
                options,
                caller.Viewer()
            )
        );
        return NetworkView.All.List(request, caller, publicUrl, query, networks, n => n.Row.Id.ToString());
    }
}
