using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Subnets;

internal sealed class ListSubnets(Database db, PublicUrl publicUrl)
{
    [Function("network-list-subnets"), Policy("network:subnets:list", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/subnets")] HttpRequest request,
        Caller caller
    )
    {
        var query = ListQuery.Of(request, SubnetView.All);
        var subnets = await db.ReadAsync(async tx =>
            await tx.ItemsAsync(await tx.PageAsync<SubnetRow>(SubnetStore.Listed, query, caller.Viewer()))
        );
        return SubnetView.All.List(request, caller, publicUrl, query, subnets, s => s.Row.Id.ToString());
    }
}
