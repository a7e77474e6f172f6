using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pipeline.Identity.Catalog;

/// <summary>Where a service is found.</summary>
internal sealed record Endpoint
{
    private static readonly string[] Known =
    [
        "interface",
        "service_id",
        "region_id",
        "region",
        "url",
        "enabled",
        "legacy_endpoint_id",
    ];

    public string Id { get; init; } = "";
    public string ServiceId { get; init; } = "";
    public string Interface { get; init; } = "";
    public string? RegionId { get; init; }

    /// <summary>A template; of this cloud's own services it begins below the public URL.</summary>
    public string Url { get; init; } = "";
    public bool Enabled { get; init; } = true;

    /// <summary>JSON, an object: attributes that are only kept.</summary>
    public string Extra { get; init; } = Extras.None;

    /// <summary>The region by its present name, or by that of older clients.</summary>
    public Endpoint Over(Fields fields)
    {
        var region = fields.Nullable("region_id") ?? fields.Nullable("region");
        return this with
        {
            ServiceId = fields.Optional("service_id")?.String() ?? ServiceId,
            Interface = fields.Optional("interface")?.Choice("admin", "internal", "public") ?? Interface,
            RegionId = region is null && !fields.Has("region_id") ? RegionId : region?.String(1),
            Url = fields.Optional("url") is { } url ? UrlTemplate.Read(url) : Url,
            Enabled = fields.Optional("enabled")?.Bool() ?? Enabled,
            Extra = Extras.Merge(Extra, Extras.Read(fields, Known)),
        };
    }
}

internal sealed record EndpointDocument(EndpointView Endpoint);

internal sealed record EndpointList(IReadOnlyList<EndpointView> Endpoints, ListLinks Links);

/// <param name="Url">With its variables unfilled.</param>
internal sealed record EndpointView(
    string Id,
    string Interface,
    string? RegionId,
    string? Region,
    string ServiceId,
    string Url,
    bool Enabled,
    SelfLink Links
)
{
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extra { get; set; }

    public static EndpointView Of(HttpRequest request, IdentityUrls urls, Endpoint endpoint) =>
        new(
            endpoint.Id,
            endpoint.Interface,
            endpoint.RegionId,
            endpoint.RegionId,
            endpoint.ServiceId,
            endpoint.Url,
            endpoint.Enabled,
            new(urls.Of(request, $"endpoints/{endpoint.Id}"))
        )
        {
            Extra = Extras.Show(endpoint.Extra),
        };

    public static Answer Answer(int status, HttpRequest request, IdentityUrls urls, Endpoint endpoint) =>
        Runtime.Answer.Json(
            status,
            new EndpointDocument(Of(request, urls, endpoint)),
            IdentityJson.Default.EndpointDocument
        );
}
