using Pipeline.Data;
using Pipeline.Network.Networks;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Segments;

/// <summary>Names a segment, or describes it; what it is stays.</summary>
internal sealed class UpdateSegment(Database db)
{
    private const string Rule = "network:segments:update";

    [Function("network-update-segment"), Policy(Rule, Require.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "network/v2.0/segments/{id}")] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        var body = await request.ReadFieldsAsync(request.HttpContext.RequestAborted);
        var segment = await db.WriteAsync(async tx =>
        {
            await tx.LockNetworkAsync((await tx.GetSegmentAsync(id)).NetworkId);
            var before = await tx.GetSegmentAsync(id);
            request.CheckRevision(before.RevisionNumber);
            var item = body.Updated(SegmentView.All, caller);
            var after = before with
            {
                Name = item.Has("name") ? item.Nullable("name")?.String(0, 255) : before.Name,
                Description = item.Text("description", before.Description),
            };
            if (after == before)
                return before;
            await tx.UpdateSegmentAsync(after);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"segment/{id}"));
            return await tx.GetSegmentAsync(id);
        });
        return SegmentView.All.Show(request, caller, segment);
    }
}
