namespace Pipeline.Identity.Catalog;

internal sealed class ListServices(ServiceCatalog catalog, IdentityUrls urls)
{
    private const string Rule = "identity:list_services";

    [Function("identity-list-services"), Policy(Rule, Require.SystemReader), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/services")] HttpRequest request
    )
    {
        var rows = await catalog.RowsAsync(request);
        var query = Query.Of(request);
        var (type, name) = (query["type"], query["name"]);
        var found = rows
            .Services.Where(service => type is null || service.Type == type)
            .Where(service => name is null || service.Name == name);
        return Answer.Json(
            200,
            new ServiceList(
                [.. found.Select(service => ServiceView.Of(request, urls, service))],
                urls.Links(request, "services")
            ),
            IdentityJson.Default.ServiceList
        );
    }
}
