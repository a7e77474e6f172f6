using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.PrefixPools;

internal sealed class ShowSubnetPool(Database db)
{
    [Function("network-show-subnet-pool"), Policy("network:subnet-pools:show", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/subnetpools/{id}")] HttpRequest request,
        Caller caller,
        string id
    )
    {
        var item = await db.ReadAsync(async tx =>
            await tx.PoolItemAsync((await tx.GetSubnetPoolAsync(caller, id)).Id, caller.Viewer())
        );
        return SubnetPoolView.All.Show(request, caller, item);
    }
}
