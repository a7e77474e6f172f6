using Pipeline.Data;

namespace Pipeline.BlockStorage.Types;

internal sealed class ListVolumeTypes(Database db, PublicUrl publicUrl)
{
    private const int Most = 1000;

    [Function("volume-list-types"), Policy("volume_extension:type_get_all", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/types")] HttpRequest request,
        Caller caller
    )
    {
        var page = Page.Of(request, Most, [.. VolumeTypeStore.SortKeys.Keys]);
        var query = Query.Of(request);
        var isPublic = IsPublic(query, caller);
        var offset = query.Int("offset", 0) ?? 0;
        var found = await db.ReadAsync(async tx =>
        {
            if (page.Marker is { } marker)
                await tx.GetVolumeTypeAsync(marker, caller);
            return await tx.ListVolumeTypesAsync(caller.ProjectId, isPublic, query["name"], page, offset);
        });
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("volume_types");
                foreach (var type in found)
                    VolumeTypeView.Write(w, type, caller);
                w.WriteEndArray();
                if (found.Count > 0 && found.Count == page.Limit)
                    Links.Next(w, "volume_type", Next(request, caller.Project, found[^1].Id));
                w.WriteEndObject();
            }
        );
    }

    /// <summary>`is_public=None` asks for both kinds; only admins may ask.</summary>
    private static bool? IsPublic(Query query, Caller caller) =>
        !caller.IsAdmin ? true
        : string.Equals(query["is_public"], "none", StringComparison.OrdinalIgnoreCase) ? null
        : query.Bool("is_public") ?? true;

    private string Next(HttpRequest request, ProjectId project, VolumeTypeId last) =>
        $"{publicUrl.Of(request)}/volume/v3/{project}/types{Page.NextQuery(request, last.ToString())}";
}
