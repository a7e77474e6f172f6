namespace Pipeline.Identity.Catalog;

internal sealed record RegionDocument(RegionView Region);

internal sealed record RegionList(IReadOnlyList<RegionView> Regions, ListLinks Links);

internal sealed record RegionView(string Id, string Description, string? ParentRegionId, SelfLink Links)
{
    /// <summary>The one region of a cloud.</summary>
    public static RegionView Of(HttpRequest request, IdentityUrls urls) =>
        new(ServiceCatalog.Region, "", null, new(urls.Of(request, $"regions/{ServiceCatalog.Region}")));
}
