using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Pipeline.Identity.Domains;

internal sealed record DomainDocument(DomainView Domain);

internal sealed record DomainList(IReadOnlyList<DomainView> Domains, ListLinks Links);

internal sealed record DomainView(
    DomainId Id,
    string Name,
    string Description,
    bool Enabled,
    string[] Tags,
    JsonObject Options,
    SelfLink Links
)
{
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extra { get; set; }

    public static DomainView Of(HttpRequest request, IdentityUrls urls, Domain domain) =>
        new(
            domain.Id,
            domain.Name,
            domain.Description,
            domain.Enabled,
            JsonSerializer.Deserialize(domain.Tags, IdentityJson.Default.StringArray)!,
            [],
            new(urls.Of(request, $"domains/{domain.Id}"))
        )
        {
            Extra = Extras.Show(domain.Extra),
        };

    public static Answer Answer(int status, HttpRequest request, IdentityUrls urls, Domain domain) =>
        Runtime.Answer.Json(status, new DomainDocument(Of(request, urls, domain)), IdentityJson.Default.DomainDocument);

    public static Answer Answer(
        HttpRequest request,
        IdentityUrls urls,
        IReadOnlyList<Domain> domains,
        ListLinks links
    ) =>
        Runtime.Answer.Json(
            200,
            new DomainList([.. domains.Select(domain => Of(request, urls, domain))], links),
            IdentityJson.Default.DomainList
        );
}
