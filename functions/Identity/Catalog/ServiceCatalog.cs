using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Identity.Catalog;

internal sealed record CatalogView(IReadOnlyList<CatalogEndpointView> Endpoints, string Id, string Type, string Name);

internal sealed record CatalogEndpointView(string Id, string Interface, string RegionId, string Url, string Region);

/// <summary>The services that work, as their modules have registered them. Ids follow from type and interface: they never change.</summary>
internal sealed class ServiceCatalog(IEnumerable<CatalogEntry> entries, PublicUrl publicUrl)
{
    public const string Region = "RegionOne";
    private const string ProjectVariable = "$(project_id)s";

    // The root is what a client says it called: a stranger can make many of them.
    private readonly Memo<(string Root, ProjectId Project), IReadOnlyList<CatalogView>> rendered = new(1000);

    public IReadOnlyList<CatalogService> Services { get; } = [.. entries.Select(CatalogService.Of)];

    /// <summary>The catalogue of a token; null without a project, and when the client wants none (`?nocatalog`).</summary>
    public IReadOnlyList<CatalogView>? Of(HttpRequest request, ProjectId? project) =>
        project is { } id && !Query.Of(request).Has("nocatalog") ? Render(request, id) : null;

    public IReadOnlyList<CatalogView> Render(HttpRequest request, ProjectId project) =>
        rendered.Of((publicUrl.Of(request), project), of => Render(of.Root, of.Project));

    private IReadOnlyList<CatalogView> Render(string root, ProjectId project) =>
        [
            .. Services.Select(service => new CatalogView(
                [
                    .. service.Endpoints.Select(endpoint => new CatalogEndpointView(
                        endpoint.Id,
                        endpoint.Interface,
                        Region,
                        root + service.Entry.Path.Replace(ProjectVariable, project.Value),
                        Region
                    )),
                ],
                service.Id,
                service.Entry.Type,
                service.Entry.Name
            )),
        ];

    /// <summary>An endpoint's URL as operators see it, its variables unfilled.</summary>
    public string Template(HttpRequest request, CatalogService service) => publicUrl.Of(request) + service.Entry.Path;
}

internal sealed record CatalogService(string Id, CatalogEntry Entry, IReadOnlyList<CatalogEndpoint> Endpoints)
{
    private static readonly string[] Interfaces = ["public", "internal", "admin"];

    public static CatalogService Of(CatalogEntry entry) =>
        new(
            IdOf($"service/{entry.Type}"),
            entry,
            [.. Interfaces.Select(face => new CatalogEndpoint(IdOf($"endpoint/{entry.Type}/{face}"), face))]
        );

    private static string IdOf(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
}

internal sealed record CatalogEndpoint(string Id, string Interface);
