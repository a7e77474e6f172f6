using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Trunks;

internal sealed class ShowSubports(Database db)
{
    [Function("network-show-subports"), Policy("network:trunks:show-subports", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/trunks/{id}/get_subports")]
            HttpRequest request,
        Caller caller,
        string id
    )
    {
        var trunk = await db.ReadAsync(async tx => await tx.TrunkItemAsync((await tx.GetTrunkAsync(caller, id)).Id));
        return Document.Answer(json => TrunkView.WriteSubports(json, trunk));
    }
}
