using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Segments;

internal sealed class ListSegments(Database db, PublicUrl publicUrl)
{
    [Function("network-list-segments"), Policy("network:segments:list", Require.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/segments")] HttpRequest request,
        Caller caller
    )
    {
        var query = ListQuery.Of(request, SegmentView.All);
        var rows = await db.ReadAsync(tx =>
            tx.PageAsync<SegmentRow>(NetworkSegmentStore.Listed, query, caller.Viewer())
        );
        return SegmentView.All.List(request, caller, publicUrl, query, rows, s => s.Id);
    }
}
