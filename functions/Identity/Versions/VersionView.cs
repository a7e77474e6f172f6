using System.Text.Json.Serialization;

namespace Pipeline.Identity.Versions;

internal sealed record VersionsDocument(VersionList Versions)
{
    public static VersionsDocument Of(HttpRequest request, IdentityUrls urls) =>
        new(new VersionList([VersionView.Of(request, urls)]));
}

internal sealed record VersionList(IReadOnlyList<VersionView> Values);

internal sealed record VersionDocument(VersionView Version);

/// <summary>Keystone's version document: clients follow its link to where tokens are made.</summary>
internal sealed record VersionView(
    string Id,
    string Status,
    string Updated,
    IReadOnlyList<VersionLink> Links,
    [property: JsonPropertyName("media-types")] IReadOnlyList<MediaType> MediaTypes
)
{
    public static VersionView Of(HttpRequest request, IdentityUrls urls) =>
        new(
            "v3.14",
            "stable",
            "2020-04-07T00:00:00Z",
            [new("self", urls.Of(request, ""))],
            [new("application/json", "application/vnd.openstack.identity-v3+json")]
        );
}

internal sealed record VersionLink(string Rel, string Href);

internal sealed record MediaType(string Base, string Type);
