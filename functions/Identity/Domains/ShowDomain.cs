using Pipeline.Data;

namespace Pipeline.Identity.Domains;

/// <summary>Also for tokens of the domain, and of a project in it.</summary>
internal sealed class ShowDomain(Database db, IdentityStore store, Policies policies, IdentityUrls urls)
{
    private const string Rule = "identity:get_domain";

    [Function("identity-show-domain"), Policy(Rule, Require.Token, Check = Checks.ReadDomain), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/domains/{domain_id}")]
            HttpRequest request,
        Caller caller,
        string domainId
    )
    {
        var domain = await db.ReadAsync(tx => store.FindDomainAsync(tx, domainId));
        policies.Enforce(Rule, caller, Targets.Domain(domain));
        return DomainView.Answer(200, request, urls, domain ?? throw Refusals.NotFound("domain", domainId));
    }
}
