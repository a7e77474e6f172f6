using Pipeline.Data;
using Pipeline.Identity.Domains;

namespace Pipeline.Identity.Auth;

/// <summary>The domains that the caller has a role on; by the older path, too.</summary>
internal sealed class ListAuthDomains(Database db, IdentityStore store, IdentityUrls urls)
{
    [Function("identity-list-auth-domains"), Policy("identity:get_auth_domains", Require.Token), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/auth/domains")]
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/OS-FEDERATION/domains")]
            HttpRequest request,
        Caller caller
    )
    {
        var domains = await db.ReadAsync(tx => store.DomainsOfAsync(tx, caller.UserId));
        return DomainView.Answer(
            request,
            urls,
            [.. domains.Where(domain => domain.Enabled)],
            urls.Links(request, "auth/domains")
        );
    }
}
