using Pipeline.Identity.Catalog;

namespace Pipeline.Identity.Auth;

internal sealed record CatalogDocument(IReadOnlyList<CatalogView> Catalog, SelfLink Links);

internal sealed class ShowCatalog(ServiceCatalog catalog, IdentityUrls urls)
{
    [Function("identity-show-catalog"), Policy("identity:get_auth_catalog", Require.Token), Answers(200)]
    public IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/auth/catalog")] HttpRequest request,
        Caller caller
    )
    {
        if (caller.ProjectId is not { } project)
            throw Fault.Forbidden("A project-scoped token is required to produce a service catalog.");
        return Answer.Json(
            200,
            new CatalogDocument(catalog.Render(request, project), new(urls.Of(request, "auth/catalog"))),
            IdentityJson.Default.CatalogDocument
        );
    }
}
