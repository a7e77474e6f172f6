using Pipeline.Data;
using Pipeline.Identity.Cache;

namespace Pipeline.Identity.Domains;

/// <summary>For admins, and for tokens of a project in the domain.</summary>
internal sealed class ShowDomain(Database db, IdentityStore store, IdentityCache cache, IdentityUrls urls)
{
    private const string Rule = "identity:get_domain";

    [Function("identity-show-domain"), Policy(Rule, Require.Token), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/domains/{domain_id}")]
            HttpRequest request,
        Caller caller,
        string domainId
    )
    {
        if (!caller.IsAdmin && await OwnDomainAsync(caller) != domainId)
            throw Refusals.Forbidden(Rule);
        var domain =
            await db.ReadAsync(tx => store.FindDomainAsync(tx, domainId))
            ?? throw Refusals.NotFound("domain", domainId);
        return Answer.Json(
            200,
            new DomainDocument(DomainView.Of(request, urls, domain)),
            IdentityJson.Default.DomainDocument
        );
    }

    private async ValueTask<string?> OwnDomainAsync(Caller caller) =>
        caller.ProjectId is { } project ? (await cache.ProjectAsync(project))?.DomainId.Value : null;
}
