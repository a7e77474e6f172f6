using Pipeline.Data;

namespace Pipeline.BlockStorage.Snapshots;

/// <summary>A page of snapshots, newest first.</summary>
internal sealed class ListSnapshots(Database db, PublicUrl publicUrl)
{
    private const int Most = 1000;

    [Function("volume-list-snapshots"), Policy("volume:get_all_snapshots", Require.ProjectReader)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/snapshots")] HttpRequest request,
        Caller caller
    ) => AnswerAsync(request, caller, "snapshots", detail: false);

    [Function("volume-list-snapshots-detail"), Policy("volume:get_all_snapshots", Require.ProjectReader)]
    public Task<IResult> DetailAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/snapshots/detail")] HttpRequest request,
        Caller caller
    ) => AnswerAsync(request, caller, "snapshots/detail", detail: true);

    private async Task<IResult> AnswerAsync(HttpRequest request, Caller caller, string path, bool detail)
    {
        var page = Page.Of(request, Most, [.. SnapshotStore.SortKeys.Keys]);
        var filter = SnapshotFilter.Of(request);
        var skip = Query.Of(request).Int("offset", 0) ?? 0;
        var project = ListScope.ProjectOf(request, caller);
        var (snapshots, more) =
            page.Limit == 0 ? ([], false) : await db.ReadAsync(tx => FindAsync(tx, project, page, filter, skip));
        var baseUrl = publicUrl.Of(request);
        var next = more ? Page.NextQuery(request, snapshots[^1].Id.ToString()) : null;
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("snapshots");
                foreach (var snapshot in snapshots)
                    SnapshotView.Write(w, snapshot, detail);
                w.WriteEndArray();
                if (next is not null)
                    Links.Next(w, "snapshots", $"{baseUrl}/volume/v3/{caller.Project}/{path}{next}");
                w.WriteEndObject();
            }
        );
    }

    private static async ValueTask<(List<Snapshot>, bool)> FindAsync(
        Tx tx,
        ProjectId? project,
        Page page,
        SnapshotFilter filter,
        int skip
    ) =>
        await Listing.TakeAsync(
            page,
            skip,
            await MarkerAsync(tx, project, page.Marker),
            filter.Looks ? row => filter.Passes(row.Meta) : null,
            row => row.Id,
            (SnapshotId? after, int but, int take) => tx.ListSnapshotsAsync(project, page, filter, after, but, take)
        );

    private static async ValueTask<SnapshotId?> MarkerAsync(Tx tx, ProjectId? project, string? marker)
    {
        if (marker is null)
            return null;
        var snapshot = SnapshotId.TryParse(marker, out var id) ? await tx.FindSnapshotAsync(id) : null;
        return snapshot is not null && (project is null || snapshot.ProjectId == project)
            ? snapshot.Id
            : throw Fault.NotFound($"Snapshot {marker} could not be found.");
    }
}
