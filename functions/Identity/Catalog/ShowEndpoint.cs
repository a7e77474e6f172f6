namespace Pipeline.Identity.Catalog;

internal sealed class ShowEndpoint(ServiceCatalog catalog, IdentityUrls urls)
{
    private const string Rule = "identity:get_endpoint";

    [Function("identity-show-endpoint"), Policy(Rule, Require.SystemReader), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/endpoints/{endpoint_id}")]
            HttpRequest request,
        string endpointId
    )
    {
        var rows = await catalog.RowsAsync(request);
        return EndpointView.Answer(
            200,
            request,
            urls,
            rows.Endpoints.FirstOrDefault(endpoint => endpoint.Id == endpointId)
                ?? throw Refusals.NotFound("endpoint", endpointId)
        );
    }
}
