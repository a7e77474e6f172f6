namespace Pipeline.Identity.Catalog;

internal sealed class ListRegions(IdentityUrls urls)
{
    [Function("identity-list-regions"), Policy("identity:list_regions", Require.Token), Answers(200)]
    public IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/regions")] HttpRequest request
    )
    {
        var below = Query.Of(request)["parent_region_id"] is { Length: > 0 }; // no region lies in another one
        return Answer.Json(
            200,
            new RegionList(below ? [] : [RegionView.Of(request, urls)], urls.Links(request, "regions")),
            IdentityJson.Default.RegionList
        );
    }
}
