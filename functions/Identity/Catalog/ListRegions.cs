namespace Pipeline.Identity.Catalog;

internal sealed class ListRegions(ServiceCatalog catalog, IdentityUrls urls)
{
    private const string Rule = "identity:list_regions";

    [Function("identity-list-regions"), Policy(Rule, Require.Token), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/regions")] HttpRequest request
    )
    {
        var rows = await catalog.RowsAsync(request);
        var query = Query.Of(request);
        var parent = query["parent_region_id"];
        var found = rows.Regions.Where(region => parent is null or "" || region.ParentId == parent);
        return Answer.Json(
            200,
            new RegionList(
                [.. found.Select(region => RegionView.Of(request, urls, region))],
                urls.Links(request, "regions")
            ),
            IdentityJson.Default.RegionList
        );
    }
}
