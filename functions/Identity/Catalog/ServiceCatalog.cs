using Pipeline.Data;
using Pipeline.Identity.Cache;
using Pipeline.Identity.Changes;
using Pipeline.Identity.Tokens;

namespace Pipeline.Identity.Catalog;

internal sealed record CatalogView(IReadOnlyList<CatalogEndpointView> Endpoints, string Id, string Type, string Name);

internal sealed record CatalogEndpointView(string Id, string Interface, string? RegionId, string Url, string? Region);

/// <summary>All of the catalogue as operators see it.</summary>
internal sealed record CatalogRows(
    IReadOnlyList<Region> Regions,
    IReadOnlyList<Service> Services,
    IReadOnlyList<Endpoint> Endpoints
);

/// <summary>
/// The services that work, as their modules have registered them, and those that operators added. Ids of the first follow from type and
/// interface: they never change.
/// </summary>
internal sealed class ServiceCatalog(IEnumerable<CatalogEntry> entries, PublicUrl publicUrl, IdentityCache cache)
{
    public const string OwnRegion = "RegionOne";
    private static readonly string[] Interfaces = ["public", "internal", "admin"];

    private readonly IReadOnlyList<CatalogEntry> own = [.. entries];
    private volatile Rendered latest = new(new([], [], []));

    /// <summary>The catalogue of a token; null for one without scope, and when the client wants none (`?nocatalog`).</summary>
    public async ValueTask<IReadOnlyList<CatalogView>?> OfAsync(HttpRequest request, TokenScope scope, UserId user) =>
        scope.Kind != ScopeKind.None && !Query.Of(request).Has("nocatalog")
            ? await RenderAsync(request, scope, user)
            : null;

    /// <summary>Endpoints that name a project are left out where there is none.</summary>
    public async ValueTask<IReadOnlyList<CatalogView>> RenderAsync(HttpRequest request, TokenScope scope, UserId user)
    {
        var rows = await cache.CatalogAsync();
        var rendered = latest;
        if (rendered.Rows != rows)
            latest = rendered = new(rows);
        var key = (publicUrl.Of(request), scope.Project?.Value ?? "", rendered.NamesUsers ? user.Value : "");
        return rendered.Views.Of(key, of => Render(All(of.Root, rows), of.Project, of.User));
    }

    /// <summary>All rows, with this cloud's own services first, as the request's client reaches them.</summary>
    public async ValueTask<CatalogRows> RowsAsync(HttpRequest request) =>
        All(publicUrl.Of(request), await cache.CatalogAsync());

    /// <summary>Whether a service is one of this cloud's, which nobody edits.</summary>
    public bool IsOwnService(string id) => own.Any(entry => ServiceId(entry) == id);

    public bool IsOwnEndpoint(string id) => own.Any(entry => Interfaces.Any(face => EndpointId(entry, face) == id));

    public bool IsOwnRegion(string id) => id == OwnRegion;

    /// <exception cref="Fault">NotFound for a parent that is not there; BadRequest for one that lies below.</exception>
    public async ValueTask CheckParentAsync(Tx tx, IdentityStore store, Region region)
    {
        for (var at = region.ParentId; at is not null && !IsOwnRegion(at); )
        {
            if (at == region.Id)
                throw Fault.BadRequest($"Circular reference of regions: {region.Id} lies below itself.");
            at = (await store.FindRegionAsync(tx, at) ?? throw Refusals.NotFound("region", at)).ParentId;
        }
    }

    /// <summary>Its service must be there. So must its region, which older clients name without making it.</summary>
    /// <exception cref="Fault">BadRequest.</exception>
    public async ValueTask CheckEndpointAsync(Tx tx, IdentityStore store, ChangeLog changes, Endpoint endpoint)
    {
        if (!IsOwnService(endpoint.ServiceId) && await store.FindServiceAsync(tx, endpoint.ServiceId) is null)
            throw Fault.BadRequest($"Could not find service: {endpoint.ServiceId}.");
        if (endpoint.RegionId is { } region && !IsOwnRegion(region) && await store.FindRegionAsync(tx, region) is null)
        {
            await store.PutRegionAsync(tx, new() { Id = region });
            await changes.AddAsync(tx, Change.Catalog());
        }
    }

    private CatalogRows All(string root, CatalogRows added) =>
        new(
            [new() { Id = OwnRegion }, .. added.Regions],
            [.. own.Select(OwnService), .. added.Services],
            [.. own.SelectMany(entry => OwnEndpoints(root, entry)), .. added.Endpoints]
        );

    private static Service OwnService(CatalogEntry entry) =>
        new()
        {
            Id = ServiceId(entry),
            Type = entry.Type,
            Name = entry.Name,
        };

    private static IEnumerable<Endpoint> OwnEndpoints(string root, CatalogEntry entry) =>
        Interfaces.Select(face => new Endpoint
        {
            Id = EndpointId(entry, face),
            ServiceId = ServiceId(entry),
            Interface = face,
            RegionId = OwnRegion,
            Url = root + entry.Path,
        });

    private static IReadOnlyList<CatalogView> Render(CatalogRows rows, string project, string user)
    {
        var endpoints = rows.Endpoints.Where(endpoint => endpoint.Enabled).ToLookup(endpoint => endpoint.ServiceId);
        return
        [
            .. rows
                .Services.Where(service => service.Enabled)
                .Select(service => new CatalogView(
                    [.. endpoints[service.Id].Select(one => Render(one, project, user)).OfType<CatalogEndpointView>()],
                    service.Id,
                    service.Type,
                    service.Name
                ))
                .Where(view => view.Endpoints.Count > 0 || !endpoints[view.Id].Any()),
        ];
    }

    private static CatalogEndpointView? Render(Endpoint endpoint, string project, string user)
    {
        if (project.Length == 0 && UrlTemplate.NamesProject(endpoint.Url))
            return null;
        return UrlTemplate.Fill(endpoint.Url, project, user) is { } url
            ? new(endpoint.Id, endpoint.Interface, endpoint.RegionId, url, endpoint.RegionId)
            : null;
    }

    private static string ServiceId(CatalogEntry entry) => CatalogEntry.ServiceIdOf(entry.Type);

    private static string EndpointId(CatalogEntry entry, string face) =>
        CatalogEntry.IdOf($"endpoint/{entry.Type}/{face}");

    // The root is what a client says it called: a stranger can make many of them.
    private sealed class Rendered(CatalogRows rows)
    {
        public CatalogRows Rows { get; } = rows;

        public bool NamesUsers { get; } = rows.Endpoints.Any(endpoint => endpoint.Url.Contains("(user_id)s"));

        public Memo<(string Root, string Project, string User), IReadOnlyList<CatalogView>> Views { get; } = new(1000);
    }
}
