using Pipeline.Data;
using Pipeline.Identity.Changes;

namespace Pipeline.Identity.Catalog;

internal sealed class UpdateRegion(
    Database db,
    IdentityStore store,
    ServiceCatalog catalog,
    ChangeLog changes,
    IdentityUrls urls
)
{
    private const string Rule = "identity:update_region";

    [Function("identity-update-region"), Policy(Rule, Require.Admin), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "identity/v3/regions/{region_id}")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string regionId
    )
    {
        var fields = (await request.ReadFieldsAsync()).Object("region");
        fields.NotEmpty();
        fields.SameId(regionId);
        if (catalog.IsOwnRegion(regionId))
            throw OwnCatalog.Untouchable("region", regionId);
        var region = await db.WriteAsync(async tx =>
        {
            await store.LockCatalogAsync(tx);
            var before = await store.FindRegionAsync(tx, regionId) ?? throw Refusals.NotFound("region", regionId);
            var after = before.Over(fields);
            await catalog.CheckParentAsync(tx, store, after);
            await store.PutRegionAsync(tx, after);
            await changes.AddAsync(tx, Change.Catalog());
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"region/{after.Id}"));
            return after;
        });
        return RegionView.Answer(200, request, urls, region);
    }
}
