namespace Pipeline.Identity.Catalog;

internal sealed class ShowEndpoint(ServiceCatalog catalog, IdentityUrls urls)
{
    [Function("identity-show-endpoint"), Policy("identity:get_endpoint", Require.Admin), Answers(200)]
    public IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/endpoints/{endpoint_id}")]
            HttpRequest request,
        string endpointId
    )
    {
        var endpoint =
            EndpointView.All(request, urls, catalog).FirstOrDefault(endpoint => endpoint.Id == endpointId)
            ?? throw Refusals.NotFound("endpoint", endpointId);
        return Answer.Json(200, new EndpointDocument(endpoint), IdentityJson.Default.EndpointDocument);
    }
}
