using System.Text.Json.Nodes;

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
    public static DomainView Of(HttpRequest request, IdentityUrls urls, Domain domain) =>
        new(
            domain.Id,
            domain.Name,
            domain.Description,
            domain.Enabled,
            [],
            [],
            new(urls.Of(request, $"domains/{domain.Id}"))
        );

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
