using Pipeline.Identity.Catalog;
using Pipeline.Identity.Tokens;

namespace Pipeline.Identity.Auth;

internal sealed record CatalogDocument(IReadOnlyList<CatalogView> Catalog, SelfLink Links);

internal sealed class ShowCatalog(ServiceCatalog catalog, IdentityUrls urls)
{
    [Function("identity-show-catalog"), Policy("identity:get_auth_catalog", Require.Token), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/auth/catalog")] HttpRequest request,
        Caller caller
    )
    {
        var scope = Scope(caller);
        if (scope.Kind == ScopeKind.None)
            throw Fault.Forbidden("A project-scoped token is required to produce a service catalog.");
        return Answer.Json(
            200,
            new CatalogDocument(
                await catalog.RenderAsync(request, scope, caller.UserId),
                new(urls.Of(request, "auth/catalog"))
            ),
            IdentityJson.Default.CatalogDocument
        );
    }

    private static TokenScope Scope(Caller caller) =>
        caller.ProjectId is { } project ? TokenScope.Of(project)
        : caller.DomainId is { } domain ? TokenScope.Of(domain)
        : caller.System ? TokenScope.System
        : TokenScope.None;
}
