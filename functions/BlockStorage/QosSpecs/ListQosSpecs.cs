using Pipeline.Data;

namespace Pipeline.BlockStorage.QosSpecs;

internal sealed class ListQosSpecs(Database db, PublicUrl publicUrl)
{
    private const int Most = 1000;

    [Function("volume-list-qos-specs"), Policy("volume_extension:qos_specs_manage:get_all", Require.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/qos-specs")] HttpRequest request,
        Caller caller
    )
    {
        var page = Page.Of(request, Most, [.. QosSpecStore.SortKeys.Keys]);
        var offset = Query.Of(request).Int("offset", 0) ?? 0;
        var found = await db.ReadAsync(async tx =>
        {
            if (page.Marker is { } marker)
                await tx.GetQosSpecAsync(marker);
            return await tx.ListQosSpecsAsync(page, offset);
        });
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("qos_specs");
                foreach (var spec in found)
                    QosSpecView.Write(w, spec);
                w.WriteEndArray();
                if (found.Count > 0 && found.Count == page.Limit)
                    Links.Next(w, "qos_specs", Next(request, caller.ProjectId, found[^1].Id));
                w.WriteEndObject();
            }
        );
    }

    private string Next(HttpRequest request, ProjectId? project, QosSpecsId last)
    {
        var path = project is null ? "qos-specs" : $"{project}/qos-specs";
        return $"{publicUrl.Of(request)}/volume/v3/{path}{Page.NextQuery(request, last.ToString())}";
    }
}
