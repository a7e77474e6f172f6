namespace Pipeline.Identity.Catalog;

internal sealed class ListEndpoints(ServiceCatalog catalog, IdentityUrls urls)
{
    [Function("identity-list-endpoints"), Policy("identity:list_endpoints", Require.Admin), Answers(200)]
    public IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/endpoints")] HttpRequest request
    )
    {
        var query = Query.Of(request);
        var (face, service, region) = (query["interface"], query["service_id"], query["region_id"]);
        var endpoints = EndpointView
            .All(request, urls, catalog)
            .Where(endpoint => face is null || endpoint.Interface == face)
            .Where(endpoint => service is null || endpoint.ServiceId == service)
            .Where(endpoint => region is null || endpoint.RegionId == region);
        return Answer.Json(
            200,
            new EndpointList([.. endpoints], urls.Links(request, "endpoints")),
            IdentityJson.Default.EndpointList
        );
    }
}
