using Pipeline.Data;
using Pipeline.Identity.Changes;

namespace Pipeline.Identity.Catalog;

internal sealed class DeleteEndpoint(Database db, IdentityStore store, ServiceCatalog catalog, ChangeLog changes)
{
    private const string Rule = "identity:delete_endpoint";

    [Function("identity-delete-endpoint"), Policy(Rule, Require.Admin), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "identity/v3/endpoints/{endpoint_id}")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string endpointId
    )
    {
        if (catalog.IsOwnEndpoint(endpointId))
            throw OwnCatalog.Untouchable("endpoint", endpointId);
        await db.WriteAsync(async tx =>
        {
            await store.LockCatalogAsync(tx);
            var endpoint =
                await store.FindEndpointAsync(tx, endpointId) ?? throw Refusals.NotFound("endpoint", endpointId);
            await store.DeleteEndpointAsync(tx, endpoint.Id);
            await changes.AddAsync(tx, Change.Catalog());
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"endpoint/{endpoint.Id}"));
        });
        return Answer.NoContent();
    }
}
