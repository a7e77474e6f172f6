using Pipeline.Identity.Cache;
using Pipeline.Identity.Tokens;

namespace Pipeline.Identity.Auth;

internal sealed record SystemScopes(IReadOnlyList<Assignments.WholeSystem> System, SelfLink Links);

/// <summary>Whether the caller has a role on the system.</summary>
internal sealed class ListAuthSystem(IdentityCache cache, IdentityUrls urls)
{
    [Function("identity-list-auth-system"), Policy("identity:get_auth_system", Require.Token), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/auth/system")] HttpRequest request,
        Caller caller
    )
    {
        var roles = await cache.GrantsAsync(caller.UserId, TokenScope.System);
        return Answer.Json(
            200,
            new SystemScopes(roles.Count > 0 ? [new(All: true)] : [], new(urls.Of(request, "auth/system"))),
            IdentityJson.Default.SystemScopes
        );
    }
}
