using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Networks;

internal sealed class ShowNetwork(Database db, NetworkOptions options)
{
    [Function("network-show-network"), Policy("network:networks:show", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/networks/{id}")] HttpRequest request,
        Caller caller,
        string id
    )
    {
        var network = await db.ReadAsync(async tx =>
        {
            var row = await tx.GetNetworkAsync(caller, id);
            return await tx.ItemAsync(row.Id, options, caller.Viewer());
        });
        return NetworkView.All.Show(request, caller, network);
    }
}
