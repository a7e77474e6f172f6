namespace Pipeline.Identity.Catalog;

internal sealed class ShowRegion(ServiceCatalog catalog, IdentityUrls urls)
{
    private const string Rule = "identity:get_region";

    [Function("identity-show-region"), Policy(Rule, Require.Token), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/regions/{region_id}")]
            HttpRequest request,
        string regionId
    )
    {
        var rows = await catalog.RowsAsync(request);
        return RegionView.Answer(
            200,
            request,
            urls,
            rows.Regions.FirstOrDefault(region => region.Id == regionId) ?? throw Refusals.NotFound("region", regionId)
        );
    }
}
