using Pipeline.Identity.Domains;

namespace Pipeline.Identity.Auth;

/// <summary>The domains that the caller has a role on: none, as roles are assigned on projects alone.</summary>
internal sealed class ListAuthDomains(IdentityUrls urls)
{
    [Function("identity-list-auth-domains"), Policy("identity:get_auth_domains", Require.Token), Answers(200)]
    public IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/auth/domains")] HttpRequest request
    ) => DomainView.Answer(request, urls, [], urls.Links(request, "auth/domains"));
}
