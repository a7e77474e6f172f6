namespace Pipeline.Identity.Catalog;

internal sealed class ListEndpoints(ServiceCatalog catalog, IdentityUrls urls)
{
    private const string Rule = "identity:list_endpoints";

    [Function("identity-list-endpoints"), Policy(Rule, Require.SystemReader), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/endpoints")] HttpRequest request
    )
    {
        var rows = await catalog.RowsAsync(request);
        var query = Query.Of(request);
        var (face, service, region) = (query["interface"], query["service_id"], query["region_id"]);
        var found = rows
            .Endpoints.Where(endpoint => face is null || endpoint.Interface == face)
            .Where(endpoint => service is null || endpoint.ServiceId == service)
            .Where(endpoint => region is null || endpoint.RegionId == region);
        return Answer.Json(
            200,
            new EndpointList(
                [.. found.Select(endpoint => EndpointView.Of(request, urls, endpoint))],
                urls.Links(request, "endpoints")
            ),
            IdentityJson.Default.EndpointList
        );
    }
}
