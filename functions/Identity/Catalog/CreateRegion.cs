using Pipeline.Data;
using Pipeline.Identity.Changes;

namespace Pipeline.Identity.Catalog;

/// <summary>POST with an id in the body or none; PUT with an id in the path.</summary>
internal sealed class CreateRegion(
    Database db,
    IdentityStore store,
    ServiceCatalog catalog,
    ChangeLog changes,
    IdentityUrls urls,
    Randomness randomness
)
{
    private const string Rule = "identity:create_region";

    [Function("identity-create-region"), Policy(Rule, Require.Admin), Answers(201)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "identity/v3/regions")] HttpRequest request,
        Caller caller,
        RequestId requestId
    )
    {
        var fields = (await request.ReadFieldsAsync()).Object("region");
        var id = fields.Nullable("id")?.String();
        return await CreateAsync(
            request,
            caller,
            requestId,
            fields,
            string.IsNullOrEmpty(id) ? randomness.NewGuid().ToString("N") : id
        );
    }

    [Function("identity-put-region"), Policy(Rule, Require.Admin), Answers(201)]
    public async Task<IResult> PutAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "identity/v3/regions/{region_id}")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string regionId
    )
    {
        var fields = (await request.ReadFieldsAsync()).Object("region");
        fields.SameId(regionId);
        return await CreateAsync(request, caller, requestId, fields, regionId);
    }

    private async Task<IResult> CreateAsync(
        HttpRequest request,
        Caller caller,
        RequestId requestId,
        Fields fields,
        string id
    )
    {
        if (id.Length > 255)
            throw Fault.BadRequest("Invalid input for field region.id: it must have at most 255 characters.");
        var region = new Region { Id = id }.Over(fields);
        await db.WriteAsync(async tx =>
        {
            await store.LockCatalogAsync(tx);
            if (catalog.IsOwnRegion(id) || await store.FindRegionAsync(tx, id) is not null)
                throw Fault.Conflict($"Conflict occurred attempting to store region - Duplicate ID, {id}.");
            await catalog.CheckParentAsync(tx, store, region);
            await store.PutRegionAsync(tx, region);
            await changes.AddAsync(tx, Change.Catalog());
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"region/{id}"));
        });
        return RegionView.Answer(201, request, urls, region);
    }
}
