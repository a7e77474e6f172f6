namespace Pipeline.Identity.Catalog;

internal sealed class ShowEndpoint(ServiceCatalog catalog, Policies policies, IdentityUrls urls)
{
    private const string Rule = "identity:get_endpoint";

    [Function("identity-show-endpoint"), Policy(Rule, Require.Token, Check = Checks.Read), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/endpoints/{endpoint_id}")]
            HttpRequest request,
        Caller caller,
        string endpointId
    )
    {
        policies.Enforce(Rule, caller, PolicyTarget.None);
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
