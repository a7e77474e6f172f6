namespace Pipeline.Identity.Catalog;

/// <summary>Services come and go with the modules of the functions host; they are not written through this API.</summary>
internal sealed class ListServices(ServiceCatalog catalog, IdentityUrls urls)
{
    [Function("identity-list-services"), Policy("identity:list_services", Require.Admin), Answers(200)]
    public IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/services")] HttpRequest request
    )
    {
        var query = Query.Of(request);
        var (type, name) = (query["type"], query["name"]);
        var services = catalog
            .Services.Where(service => type is null || service.Entry.Type == type)
            .Where(service => name is null || service.Entry.Name == name)
            .Select(service => ServiceView.Of(request, urls, service));
        return Answer.Json(
            200,
            new ServiceList([.. services], urls.Links(request, "services")),
            IdentityJson.Default.ServiceList
        );
    }
}
