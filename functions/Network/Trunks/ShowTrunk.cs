using Pipeline.Data;

namespace Pipeline.Network.Trunks;

internal sealed class ShowTrunk(Database db)
{
    [Function("network-show-trunk"), Policy("network:trunks:show", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/trunks/{id}")] HttpRequest request,
        Caller caller,
        string id
    )
    {
        var trunk = await db.ReadAsync(async tx => await tx.TrunkItemAsync((await tx.GetTrunkAsync(caller, id)).Id));
        return TrunkView.All.Show(request, caller, trunk);
    }
}
