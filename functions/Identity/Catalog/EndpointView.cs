namespace Pipeline.Identity.Catalog;

internal sealed record EndpointDocument(EndpointView Endpoint);

internal sealed record EndpointList(IReadOnlyList<EndpointView> Endpoints, ListLinks Links);

/// <param name="Url">With its variables unfilled.</param>
internal sealed record EndpointView(
    string Id,
    string Interface,
    string RegionId,
    string Region,
    string ServiceId,
    string Url,
    bool Enabled,
    SelfLink Links
)
{
    public static IEnumerable<EndpointView> All(HttpRequest request, IdentityUrls urls, ServiceCatalog catalog) =>
        from service in catalog.Services
        from endpoint in service.Endpoints
        select new EndpointView(
            endpoint.Id,
            endpoint.Interface,
            ServiceCatalog.Region,
            ServiceCatalog.Region,
            service.Id,
            catalog.Template(request, service),
            Enabled: true,
            new(urls.Of(request, $"endpoints/{endpoint.Id}"))
        );
}
