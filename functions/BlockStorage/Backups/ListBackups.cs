using Pipeline.Data;

namespace Pipeline.BlockStorage.Backups;

/// <summary>A page of backups, newest first.</summary>
internal sealed class ListBackups(Database db, PublicUrl publicUrl)
{
    private const int Most = 1000;

    [Function("volume-list-backups"), Policy("backup:get_all", Require.ProjectReader)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/backups")] HttpRequest request,
        Caller caller,
        Microversion version
    ) => AnswerAsync(request, (caller, version), "backups", detail: false);

    [Function("volume-list-backups-detail"), Policy("backup:get_all", Require.ProjectReader)]
    public Task<IResult> DetailAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/backups/detail")] HttpRequest request,
        Caller caller,
        Microversion version
    ) => AnswerAsync(request, (caller, version), "backups/detail", detail: true);

    private async Task<IResult> AnswerAsync(
        HttpRequest request,
        (Caller Caller, Microversion Version) asked,
        string path,
        bool detail
    )
    {
        var (caller, version) = asked;
        var page = Page.Of(request, Most, [.. BackupStore.SortKeys.Keys]);
        var filter = BackupFilter.Of(request);
        var skip = Query.Of(request).Int("offset", 0) ?? 0;
        var project = ListScope.ProjectOf(request, caller);
        var (backups, more) =
            page.Limit == 0
                ? ([], false)
                : await db.ReadAsync(async tx =>
                    await Listing.TakeAsync(
                        page,
                        skip,
                        page.Marker is { } marker ? (await BackupOperations.FindAsync(tx, marker, caller)).Id : null,
                        null,
                        row => row.Id,
                        (BackupId? after, int but, int take) =>
                            tx.ListBackupsAsync(project, page, filter, after, but, take)
                    )
                );
        var baseUrl = publicUrl.Of(request);
        var next = more ? Page.NextQuery(request, $"{backups[^1].Id}") : null;
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("backups");
                foreach (var backup in backups)
                    if (detail)
                        BackupView.Write(w, backup, baseUrl, caller.IsAdmin, version);
                    else
                        BackupView.WriteShort(w, backup, baseUrl);
                w.WriteEndArray();
                if (next is not null)
                    Links.Next(w, "backups", $"{baseUrl}/volume/v3/{caller.Project}/{path}{next}");
                w.WriteEndObject();
            }
        );
    }
}
