using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Trunks;

internal sealed class ListTrunks(Database db, PublicUrl publicUrl)
{
    [Function("network-list-trunks"), Policy("network:trunks:list", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/trunks")] HttpRequest request,
        Caller caller
    )
    {
        var query = ListQuery.Of(request, TrunkView.All);
        var trunks = await db.ReadAsync(async tx =>
            await tx.ItemsAsync(await tx.PageAsync<TrunkRow>(TrunkStore.Listed, query, caller.Viewer()))
        );
        return TrunkView.All.List(request, caller, publicUrl, query, trunks, t => t.Row.Id.ToString());
    }
}
