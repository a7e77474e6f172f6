using Pipeline.Data;
using Pipeline.Identity.Changes;

namespace Pipeline.Identity.Catalog;

internal sealed class UpdateEndpoint(
    Database db,
    IdentityStore store,
    ServiceCatalog catalog,
    ChangeLog changes,
    IdentityUrls urls
)
{
    private const string Rule = "identity:update_endpoint";

    [Function("identity-update-endpoint"), Policy(Rule, Require.Admin), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "identity/v3/endpoints/{endpoint_id}")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string endpointId
    )
    {
        var fields = (await request.ReadFieldsAsync()).Object("endpoint");
        fields.NotEmpty();
        fields.SameId(endpointId);
        if (catalog.IsOwnEndpoint(endpointId))
            throw OwnCatalog.Untouchable("endpoint", endpointId);
        var endpoint = await db.WriteAsync(async tx =>
        {
            await store.LockCatalogAsync(tx);
            var before =
                await store.FindEndpointAsync(tx, endpointId) ?? throw Refusals.NotFound("endpoint", endpointId);
            var after = before.Over(fields);
            await catalog.CheckEndpointAsync(tx, store, changes, after);
            await store.PutEndpointAsync(tx, after);
            await changes.AddAsync(tx, Change.Catalog());
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"endpoint/{after.Id}"));
            return after;
        });
        return EndpointView.Answer(200, request, urls, endpoint);
    }
}
