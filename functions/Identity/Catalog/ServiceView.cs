namespace Pipeline.Identity.Catalog;

internal sealed record ServiceDocument(ServiceView Service);

internal sealed record ServiceList(IReadOnlyList<ServiceView> Services, ListLinks Links);

internal sealed record ServiceView(string Id, string Type, string Name, bool Enabled, SelfLink Links)
{
    public static ServiceView Of(HttpRequest request, IdentityUrls urls, CatalogService service) =>
        new(
            service.Id,
            service.Entry.Type,
            service.Entry.Name,
            Enabled: true,
            new(urls.Of(request, $"services/{service.Id}"))
        );
}
