namespace Pipeline.Identity.Auth;

internal sealed record SystemScopes(IReadOnlyList<string> System, SelfLink Links);

/// <summary>Whether the caller has a role on the system: never, as roles are assigned on projects alone.</summary>
internal sealed class ListAuthSystem(IdentityUrls urls)
{
    [Function("identity-list-auth-system"), Policy("identity:get_auth_system", Require.Token), Answers(200)]
    public IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/auth/system")] HttpRequest request
    ) =>
        Answer.Json(200, new SystemScopes([], new(urls.Of(request, "auth/system"))), IdentityJson.Default.SystemScopes);
}
