using Pipeline.Data;
using Pipeline.Identity.Changes;

namespace Pipeline.Identity.Catalog;

internal sealed class CreateEndpoint(
    Database db,
    IdentityStore store,
    ServiceCatalog catalog,
    ChangeLog changes,
    IdentityUrls urls,
    Randomness randomness
)
{
    private const string Rule = "identity:create_endpoint";

    [Function("identity-create-endpoint"), Policy(Rule, Require.Admin), Answers(201)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "identity/v3/endpoints")] HttpRequest request,
        Caller caller,
        RequestId requestId
    )
    {
        var body = await request.ReadFieldsAsync();
        var fields = body.Object("endpoint");
        foreach (var required in (string[])["interface", "service_id", "url"])
            _ = fields[required];
        var made = new Endpoint { Id = randomness.NewGuid().ToString("N") }.Over(fields);
        var key = IdempotencyKeys.Of(request, caller, body);
        var stored = await db.WriteAsync(async tx =>
        {
            if (await tx.RecallAsync(key) is { } before)
                return await store.FindEndpointAsync(tx, before.Body)
                    ?? throw Refusals.NotFound("endpoint", before.Body);
            await store.LockCatalogAsync(tx);
            await catalog.CheckEndpointAsync(tx, store, changes, made);
            await store.PutEndpointAsync(tx, made);
            await changes.AddAsync(tx, Change.Catalog());
            await tx.RememberAsync(key, 201, made.Id);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"endpoint/{made.Id}"));
            return made;
        });
        return EndpointView.Answer(201, request, urls, stored);
    }
}
