using Pipeline.Data;

namespace Pipeline.BlockStorage.Snapshots;

/// <summary>A page of snapshots, newest first.</summary>
internal sealed class ListSnapshots(Database db, PublicUrl publicUrl)
{
    private const int Most = 1000;

    [Function("volume-list-snapshots"), Policy("volume:get_all_snapshots", Require.ProjectReader)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/snapshots")] HttpRequest request,
        Caller caller,
        Microversion version
    ) => AnswerAsync(request, caller, version, "snapshots", detail: false);

    [Function("volume-list-snapshots-detail"), Policy("volume:get_all_snapshots", Require.ProjectReader)]
    public Task<IResult> DetailAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/snapshots/detail")] HttpRequest request,
        Caller caller,
        Microversion version
    ) => AnswerAsync(request, caller, version, "snapshots/detail", detail: true);

    private async Task<IResult> AnswerAsync(
        HttpRequest request,
        Caller caller,
        Microversion version,
        string path,
        bool detail
    )
    {
        var page = Page.Of(request, Most, [.. SnapshotStore.SortKeys.Keys]);
        var filter = SnapshotFilter.Of(request, version);
        var skip = Query.Of(request).Int("offset", 0) ?? 0;
        var project = ListScope.ProjectOf(request, caller);
        var counts = version >= VolumeVersions.Counts && Query.Of(request).Bool("with_count") == true;
        var (snapshots, more, count) = await db.ReadAsync(async tx =>
        {
            var (found, isMore) = page.Limit == 0 ? ([], false) : await FindAsync(tx, project, page, filter, skip);
            return (found, isMore, counts ? await tx.CountSnapshotsAsync(project, filter) : (long?)null);
        });
        var baseUrl = publicUrl.Of(request);
        var next = more ? Page.NextQuery(request, snapshots[^1].Id.ToString()) : null;
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("snapshots");
                foreach (var snapshot in snapshots)
                    SnapshotView.Write(w, snapshot, detail, detail ? version : VolumeVersions.Table.Minimum);
                w.WriteEndArray();
                if (next is not null)
                    Links.Next(w, "snapshots", $"{baseUrl}/volume/v3/{caller.Project}/{path}{next}");
                if (count is { } number)
                    w.WriteNumber("count"u8, number);
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
