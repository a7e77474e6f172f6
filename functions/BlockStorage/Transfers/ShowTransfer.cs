using Pipeline.Data;

namespace Pipeline.BlockStorage.Transfers;

internal sealed class ShowTransfer(Database db, PublicUrl publicUrl)
{
    [Function("volume-show-transfer"), Policy("volume:get_transfer", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = TransferRoutes.Old + "/{id}")]
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = TransferRoutes.New + "/{id}")]
            HttpRequest request,
        string id,
        Caller caller,
        Microversion version
    )
    {
        TransferRoutes.Check(request, version);
        var transfer = await db.ReadAsync(tx => TransferOperations.FindAsync(tx, id, caller));
        var baseUrl = publicUrl.Of(request);
        return TransferView.Answer(200, w => TransferView.Write(w, transfer, caller.ProjectId, baseUrl, version));
    }
}
