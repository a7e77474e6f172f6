using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.PrefixPools;

internal sealed class ListSubnetPools(Database db, PublicUrl publicUrl)
{
    [Function("network-list-subnet-pools"), Policy("network:subnet-pools:list", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/subnetpools")] HttpRequest request,
        Caller caller
    )
    {
        var query = ListQuery.Of(request, SubnetPoolView.All);
        var items = await db.ReadAsync(async tx =>
            await tx.ItemsAsync(
                await tx.PageAsync<SubnetPoolRow>(SubnetPoolStore.Listed, query, caller.Viewer()),
                caller.Viewer()
            )
        );
        return SubnetPoolView.All.List(request, caller, publicUrl, query, items, i => i.Row.Id.ToString());
    }
}
