using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pipeline.Identity.Catalog;

/// <summary>A service of the catalogue: one of this cloud, or one that an operator added.</summary>
internal sealed record Service
{
    public string Id { get; init; } = "";
    public string Type { get; init; } = "";
    public string Name { get; init; } = "";
    public string Description { get; init; } = "";
    public bool Enabled { get; init; } = true;

    /// <summary>JSON, an object: attributes that are only kept.</summary>
    public string Extra { get; init; } = Extras.None;

    public Service Over(Fields fields) =>
        this with
        {
            Type = fields.Optional("type")?.String(1) ?? Type,
            Name = fields.Optional("name")?.String() ?? Name,
            Description = fields.Nullable("description")?.String(max: 65_535) ?? Description,
            Enabled = fields.Optional("enabled")?.Bool() ?? Enabled,
            Extra = Extras.Merge(Extra, Extras.Read(fields, "type", "name", "description", "enabled")),
        };
}

internal sealed record ServiceDocument(ServiceView Service);

internal sealed record ServiceList(IReadOnlyList<ServiceView> Services, ListLinks Links);

internal sealed record ServiceView(string Id, string Type, string Name, bool Enabled, SelfLink Links)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Description { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extra { get; set; }

    public static ServiceView Of(HttpRequest request, IdentityUrls urls, Service service) =>
        new(service.Id, service.Type, service.Name, service.Enabled, new(urls.Of(request, $"services/{service.Id}")))
        {
            Description = service.Description.Length > 0 ? service.Description : null,
            Extra = Extras.Show(service.Extra),
        };

    public static Answer Answer(int status, HttpRequest request, IdentityUrls urls, Service service) =>
        Runtime.Answer.Json(
            status,
            new ServiceDocument(Of(request, urls, service)),
            IdentityJson.Default.ServiceDocument
        );
}
