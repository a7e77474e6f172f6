using Pipeline.Data;

namespace Pipeline.Identity.Domains;

internal sealed class ListDomains(Database db, IdentityStore store, IdentityUrls urls)
{
    [Function("identity-list-domains"), Policy("identity:list_domains", Require.Admin), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/domains")] HttpRequest request
    )
    {
        var query = Query.Of(request);
        var (name, enabled) = (query["name"], query.Bool("enabled"));
        var domains = (await db.ReadAsync(store.DomainsAsync))
            .Where(domain => (name is null || domain.Name == name) && (enabled is null || domain.Enabled == enabled))
            .ToList();
        return DomainView.Answer(request, urls, domains, urls.Links(request, "domains"));
    }
}
