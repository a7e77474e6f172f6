using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Pipeline.Identity.Roles;

/// <summary>A role of the whole cloud, or of one domain, where it stands for the roles that it implies.</summary>
internal sealed record Role
{
    public RoleId Id { get; init; }

    /// <summary>Empty for a role of the whole cloud.</summary>
    public string DomainId { get; init; } = "";
    public string Name { get; init; } = "";
    public string? Description { get; init; }

    /// <summary>JSON, an object: attributes that are only kept.</summary>
    public string Extra { get; init; } = Extras.None;
}

internal sealed record RoleDocument(RoleView Role);

internal sealed record RoleList(IReadOnlyList<RoleView> Roles, ListLinks Links);

/// <param name="DomainId">Null for a role of the whole cloud.</param>
internal sealed record RoleView(
    RoleId Id,
    string Name,
    string? DomainId,
    string? Description,
    JsonObject Options,
    SelfLink Links
)
{
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extra { get; set; }

    public static RoleView Of(HttpRequest request, IdentityUrls urls, Role role) =>
        new(
            role.Id,
            role.Name,
            role.DomainId.Length > 0 ? role.DomainId : null,
            role.Description,
            [],
            new(urls.Of(request, $"roles/{role.Id}"))
        )
        {
            Extra = Extras.Show(role.Extra),
        };

    public static Answer Answer(int status, HttpRequest request, IdentityUrls urls, Role role) =>
        Runtime.Answer.Json(status, new RoleDocument(Of(request, urls, role)), IdentityJson.Default.RoleDocument);

    public static Answer Answer(HttpRequest request, IdentityUrls urls, IReadOnlyList<Role> roles, string path) =>
        Runtime.Answer.Json(
            200,
            new RoleList([.. roles.Select(role => Of(request, urls, role))], urls.Links(request, path)),
            IdentityJson.Default.RoleList
        );
}
