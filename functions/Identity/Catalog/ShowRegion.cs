namespace Pipeline.Identity.Catalog;

internal sealed class ShowRegion(IdentityUrls urls)
{
    [Function("identity-show-region"), Policy("identity:get_region", Require.Token), Answers(200)]
    public IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/regions/{region_id}")]
            HttpRequest request,
        string regionId
    ) =>
        regionId == ServiceCatalog.Region
            ? Answer.Json(200, new RegionDocument(RegionView.Of(request, urls)), IdentityJson.Default.RegionDocument)
            : throw Refusals.NotFound("region", regionId);
}
