using Pipeline.Data;

namespace Pipeline.BlockStorage.Transfers;

/// <summary>A page of what a project offers, newest first.</summary>
internal sealed class ListTransfers(Database db, PublicUrl publicUrl)
{
    private const int Most = 1000;

    [Function("volume-list-transfers"), Policy("volume:get_all_transfers", Require.ProjectReader)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = TransferRoutes.Old)]
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = TransferRoutes.New)]
            HttpRequest request,
        Caller caller,
        Microversion version
    ) => AnswerAsync(request, caller, version, detail: false);

    [Function("volume-list-transfers-detail"), Policy("volume:get_all_transfers", Require.ProjectReader)]
    public Task<IResult> DetailAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = TransferRoutes.Old + "/detail")]
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = TransferRoutes.New + "/detail")]
            HttpRequest request,
        Caller caller,
        Microversion version
    ) => AnswerAsync(request, caller, version, detail: true);

    private async Task<IResult> AnswerAsync(HttpRequest request, Caller caller, Microversion version, bool detail)
    {
        TransferRoutes.Check(request, version);
        var path =
            (TransferRoutes.IsNew(request) ? "volume-transfers" : "os-volume-transfer") + (detail ? "/detail" : "");
        var page = Page.Of(request, Most, [.. TransferStore.SortKeys.Keys]);
        var skip = Query.Of(request).Int("offset", 0) ?? 0;
        var project = ListScope.ProjectOf(request, caller);
        var (transfers, more) =
            page.Limit == 0
                ? ([], false)
                : await db.ReadAsync(async tx =>
                    await Listing.TakeAsync(
                        page,
                        skip,
                        page.Marker is { } marker ? (await TransferOperations.FindAsync(tx, marker, caller)).Id : null,
                        null,
                        row => row.Id,
                        (TransferId? after, int but, int take) => tx.ListTransfersAsync(project, page, after, but, take)
                    )
                );
        var baseUrl = publicUrl.Of(request);
        var next = more ? Page.NextQuery(request, $"{transfers[^1].Id}") : null;
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("transfers");
                foreach (var transfer in transfers)
                    if (detail)
                        TransferView.Write(w, transfer, caller.ProjectId, baseUrl, version);
                    else
                        TransferView.WriteShort(w, transfer, caller.ProjectId, baseUrl);
                w.WriteEndArray();
                if (next is not null)
                    Links.Next(w, "transfers", $"{baseUrl}/volume/v3/{caller.Project}/{path}{next}");
                w.WriteEndObject();
            }
        );
    }
}
