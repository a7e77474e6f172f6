using Pipeline.BlockStorage.Attachments;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Volumes;

/// <summary>A page of volumes, newest first. Its cost does not depend on how many volumes the cloud holds.</summary>
internal sealed class ListVolumes(Database db, PublicUrl publicUrl)
{
    private const int Most = 1000;

    [Function("volume-list-volumes"), Policy("volume:get_all", Require.ProjectReader)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/volumes")] HttpRequest request,
        Caller caller,
        Microversion version
    ) => AnswerAsync(request, caller, version, "volumes", detail: false);

    [Function("volume-list-volumes-detail"), Policy("volume:get_all", Require.ProjectReader)]
    public Task<IResult> DetailAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/volumes/detail")] HttpRequest request,
        Caller caller,
        Microversion version
    ) => AnswerAsync(request, caller, version, "volumes/detail", detail: true);

    private async Task<IResult> AnswerAsync(
        HttpRequest request,
        Caller caller,
        Microversion version,
        string path,
        bool detail
    )
    {
        var page = Page.Of(request, Most, [.. VolumeStore.SortKeys.Keys]);
        var filter = VolumeFilter.Of(request, caller.IsAdmin, version);
        var skip = Query.Of(request).Int("offset", 0) ?? 0;
        var project = ListScope.ProjectOf(request, caller);
        var counts = version >= VolumeVersions.Counts && Query.Of(request).Bool("with_count") == true;
        var (volumes, more, total, attachments) = await db.ReadAsync(async tx =>
        {
            var (found, isMore) = page.Limit == 0 ? ([], false) : await FindAsync(tx, project, page, filter, skip);
            var count = counts ? await tx.CountVolumesAsync(project, filter) : (long?)null;
            return (found, isMore, count, await tx.ListAttachmentsAsync(detail ? found : []));
        });
        var baseUrl = publicUrl.Of(request);
        var next = more ? Page.NextQuery(request, volumes[^1].Id.ToString()) : null;
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("volumes");
                foreach (var volume in volumes)
                    if (detail)
                        VolumeView.Write(w, volume, attachments[volume.Id], baseUrl, caller.IsAdmin, version);
                    else
                        VolumeView.WriteShort(w, volume, baseUrl);
                w.WriteEndArray();
                if (next is not null)
                    Links.Next(w, "volumes", $"{baseUrl}/volume/v3/{caller.Project}/{path}{next}");
                if (total is { } number)
                    w.WriteNumber("count"u8, number);
                w.WriteEndObject();
            }
        );
    }

    private static async ValueTask<(List<Volume>, bool)> FindAsync(
        Tx tx,
        ProjectId? project,
        Page page,
        VolumeFilter filter,
        int skip
    ) =>
        await Listing.TakeAsync(
            page,
            skip,
            await MarkerAsync(tx, project, page.Marker),
            filter.Looks ? filter.Passes : null,
            row => row.Id,
            (VolumeId? after, int but, int take) => tx.ListVolumesAsync(project, page, filter, after, but, take)
        );

    private static async ValueTask<VolumeId?> MarkerAsync(Tx tx, ProjectId? project, string? marker)
    {
        if (marker is null)
            return null;
        var volume = VolumeId.TryParse(marker, out var id) ? await tx.FindVolumeAsync(id) : null;
        return volume is not null && (project is null || volume.ProjectId == project)
            ? volume.Id
            : throw Fault.NotFound($"Volume {marker} could not be found.");
    }
}
