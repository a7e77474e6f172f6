namespace Pipeline.Identity.Catalog;

internal sealed class ShowService(ServiceCatalog catalog, IdentityUrls urls)
{
    private const string Rule = "identity:get_service";

    [Function("identity-show-service"), Policy(Rule, Require.SystemReader), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/services/{service_id}")]
            HttpRequest request,
        string serviceId
    )
    {
        var rows = await catalog.RowsAsync(request);
        return ServiceView.Answer(
            200,
            request,
            urls,
            rows.Services.FirstOrDefault(service => service.Id == serviceId)
                ?? throw Refusals.NotFound("service", serviceId)
        );
    }
}
