using Pipeline.Data;

namespace Pipeline.Network.Segments;

internal sealed class ShowSegment(Database db)
{
    [Function("network-show-segment"), Policy("network:segments:show", Require.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/segments/{id}")] HttpRequest request,
        Caller caller,
        string id
    ) => SegmentView.All.Show(request, caller, await db.ReadAsync(tx => tx.GetSegmentAsync(id)));
}
