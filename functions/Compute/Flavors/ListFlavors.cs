using Pipeline.Data;

namespace Pipeline.Compute.Flavors;

internal sealed class ListFlavors(Database db, PublicUrl publicUrl)
{
    private const int Most = 1000;

    [Function("compute-list-flavors"), Policy("os_compute_api:flavors:list", Require.ProjectReader)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "compute/v2.1/flavors")] HttpRequest request,
        Caller caller
    ) => AnswerAsync(request, caller, "flavors", detail: false);

    [Function("compute-list-flavors-detail"), Policy("os_compute_api:flavors:list", Require.ProjectReader)]
    public Task<IResult> DetailAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "compute/v2.1/flavors/detail")] HttpRequest request,
        Caller caller
    ) => AnswerAsync(request, caller, "flavors/detail", detail: true);

    private async Task<IResult> AnswerAsync(HttpRequest request, Caller caller, string path, bool detail)
    {
        var page = Page.Of(request, Most, [.. FlavorStore.SortKeys.Keys]);
        var query = Query.Of(request);
        // `is_public=None` asks for both kinds; only admins may.
        bool? isPublic =
            !caller.IsAdmin ? true
            : query["is_public"] is "None" or "none" ? null
            : query.Bool("is_public") ?? true;
        var minRam = query.Int("minRam") ?? 0;
        var minDisk = query.Int("minDisk") ?? 0;
        var found = await db.ReadAsync(async tx =>
        {
            if (page.Marker is { } marker && await tx.FindFlavorAsync(marker, caller) is null)
                throw Fault.BadRequest($"marker [{marker}] not found");
            return await tx.ListFlavorsAsync(isPublic, caller.ProjectId, minRam, minDisk, page);
        });
        var baseUrl = publicUrl.Of(request);
        var next = found.Count > 0 && found.Count == page.Limit ? Page.NextQuery(request, found[^1].Id) : null;
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("flavors");
                foreach (var flavor in found)
                    if (detail)
                        FlavorView.Write(w, flavor, baseUrl);
                    else
                        FlavorView.WriteShort(w, flavor, baseUrl);
                w.WriteEndArray();
                if (next is not null)
                    Links.Next(w, "flavors_links", $"{baseUrl}/compute/v2.1/{path}{next}");
                w.WriteEndObject();
            }
        );
    }
}
