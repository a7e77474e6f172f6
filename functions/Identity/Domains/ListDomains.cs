using Pipeline.Data;

namespace Pipeline.Identity.Domains;

internal sealed class ListDomains(Database db, IdentityStore store, Policies policies, IdentityUrls urls)
{
    private const string Rule = "identity:list_domains";

    [Function("identity-list-domains"), Policy(Rule, Require.Token, Check = Checks.ListInDomain), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/domains")] HttpRequest request,
        Caller caller
    )
    {
        policies.Enforce(Rule, caller, Targets.List(caller));
        var query = Query.Of(request);
        var (name, enabled) = (query["name"], query.Bool("enabled"));
        var domains = (await db.ReadAsync(store.DomainsAsync))
            .Where(domain => (name is null || domain.Name == name) && (enabled is null || domain.Enabled == enabled))
            .Where(domain => caller.DomainId is null || domain.Id == caller.DomainId)
            .ToList();
        return DomainView.Answer(request, urls, domains, urls.Links(request, "domains"));
    }
}
