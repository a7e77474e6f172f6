using Pipeline.Data;
using Pipeline.Identity.Changes;

namespace Pipeline.Identity.Catalog;

internal sealed class DeleteRegion(Database db, IdentityStore store, ServiceCatalog catalog, ChangeLog changes)
{
    private const string Rule = "identity:delete_region";

    [Function("identity-delete-region"), Policy(Rule, Require.Admin), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "identity/v3/regions/{region_id}")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string regionId
    )
    {
        if (catalog.IsOwnRegion(regionId))
            throw OwnCatalog.Untouchable("region", regionId);
        await db.WriteAsync(async tx =>
        {
            await store.LockCatalogAsync(tx);
            var region = await store.FindRegionAsync(tx, regionId) ?? throw Refusals.NotFound("region", regionId);
            await DeleteTreeAsync(tx, region.Id);
            await changes.AddAsync(tx, Change.Catalog());
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"region/{region.Id}"));
        });
        return Answer.NoContent();
    }

    // With the regions below it, unless there are endpoints or registered limits in one of them.
    private async ValueTask DeleteTreeAsync(Tx tx, string id)
    {
        var rows = await store.CatalogAsync(tx);
        var tree = new List<string> { id };
        for (var at = 0; at < tree.Count; at++)
            tree.AddRange(rows.Regions.Where(region => region.ParentId == tree[at]).Select(region => region.Id));
        if (rows.Endpoints.Any(endpoint => endpoint.RegionId is { } region && tree.Contains(region)))
            throw Fault.Forbidden(
                $"Unable to delete region {id} because it or its child regions have associated endpoints."
            );
        if ((await tx.RegisteredLimitsAsync()).Any(limit => limit.RegionId is { } region && tree.Contains(region)))
            throw Fault.Forbidden(
                $"Unable to delete region {id} because limits are registered for it or its child regions."
            );
        foreach (var region in tree)
            await store.DeleteRegionAsync(tx, region);
    }
}
