using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pipeline.Identity.Catalog;

/// <summary>A place that endpoints are in.</summary>
internal sealed record Region
{
    public string Id { get; init; } = "";
    public string? ParentId { get; init; }
    public string Description { get; init; } = "";

    /// <summary>JSON, an object: attributes that are only kept.</summary>
    public string Extra { get; init; } = Extras.None;

    public Region Over(Fields fields) =>
        this with
        {
            Description = fields.Has("description")
                ? fields.Nullable("description")?.String(max: 65_535) ?? ""
                : Description,
            ParentId = fields.Has("parent_region_id") ? fields.Nullable("parent_region_id")?.String(1) : ParentId,
            Extra = Extras.Merge(Extra, Extras.Read(fields, "description", "parent_region_id")),
        };
}

internal sealed record RegionDocument(RegionView Region);

internal sealed record RegionList(IReadOnlyList<RegionView> Regions, ListLinks Links);

internal sealed record RegionView(string Id, string Description, string? ParentRegionId, SelfLink Links)
{
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extra { get; set; }

    public static RegionView Of(HttpRequest request, IdentityUrls urls, Region region) =>
        new(
            region.Id,
            region.Description,
            region.ParentId,
            new(urls.Of(request, $"regions/{Uri.EscapeDataString(region.Id)}"))
        )
        {
            Extra = Extras.Show(region.Extra),
        };

    public static Answer Answer(int status, HttpRequest request, IdentityUrls urls, Region region) =>
        Runtime.Answer.Json(status, new RegionDocument(Of(request, urls, region)), IdentityJson.Default.RegionDocument);
}
