using Pipeline.Data;

namespace Pipeline.BlockStorage.Attachments;

/// <summary>A page of attachments, newest first.</summary>
internal sealed class ListAttachments(Database db, AttachmentOperations operations, PublicUrl publicUrl)
{
    private const int Most = 1000;

    [Function("volume-list-attachments"), Policy("volume:attachment_get_all", Require.ProjectReader)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/attachments")] HttpRequest request,
        Caller caller,
        Microversion version
    ) => AnswerAsync(request, caller, version, "attachments", detail: false);

    [Function("volume-list-attachments-detail"), Policy("volume:attachment_get_all", Require.ProjectReader)]
    public Task<IResult> DetailAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/attachments/detail")] HttpRequest request,
        Caller caller,
        Microversion version
    ) => AnswerAsync(request, caller, version, "attachments/detail", detail: true);

    private async Task<IResult> AnswerAsync(
        HttpRequest request,
        Caller caller,
        Microversion version,
        string path,
        bool detail
    )
    {
        VolumeVersions.Require(version, AttachmentVersion.First);
        var page = Page.Of(request, Most, [.. AttachmentLists.SortKeys.Keys]);
        var filter = AttachmentFilter.Of(request);
        var skip = Query.Of(request).Int("offset", 0) ?? 0;
        var project = ListScope.ProjectOf(request, caller);
        var (found, more) = await db.ReadAsync(tx => FindAsync(tx, project, page, filter, skip));
        var shown = await db.ReadAsync(async tx =>
        {
            var secrets = new List<(Attachment, SealedSecret?)>();
            foreach (var attachment in found)
                secrets.Add((attachment, detail ? await operations.FindPasswordAsync(tx, attachment, caller) : null));
            return secrets;
        });
        var next = more ? Page.NextQuery(request, $"{found[^1].Id}") : null;
        var baseUrl = publicUrl.Of(request);
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("attachments");
                foreach (var (attachment, secret) in shown)
                    if (detail)
                        AttachmentView.Write(w, attachment, operations.Open(secret));
                    else
                        AttachmentView.WriteShort(w, attachment);
                w.WriteEndArray();
                if (next is not null)
                    Links.Next(w, "attachments", $"{baseUrl}/volume/v3/{caller.Project}/{path}{next}");
                w.WriteEndObject();
            }
        );
    }

    private static async ValueTask<(List<Attachment>, bool)> FindAsync(
        Tx tx,
        ProjectId? project,
        Page page,
        AttachmentFilter filter,
        int skip
    ) =>
        page.Limit == 0
            ? ([], false)
            : await Listing.TakeAsync(
                page,
                skip,
                await MarkerAsync(tx, project, page.Marker),
                null,
                row => row.Id,
                (AttachmentId? after, int but, int take) =>
                    tx.ListAttachmentsAsync(project, page, filter, after, but, take)
            );

    private static async ValueTask<AttachmentId?> MarkerAsync(Tx tx, ProjectId? project, string? marker)
    {
        if (marker is null)
            return null;
        var found = AttachmentId.TryParse(marker, out var id) ? await tx.FindAttachmentAsync(id) : null;
        return found is not null && (project is null || found.ProjectId == project)
            ? found.Id
            : throw Fault.NotFound($"Volume attachment {marker} could not be found.");
    }
}
