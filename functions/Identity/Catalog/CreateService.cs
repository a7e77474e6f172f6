using Pipeline.Data;
using Pipeline.Identity.Changes;

namespace Pipeline.Identity.Catalog;

internal sealed class CreateService(
    Database db,
    IdentityStore store,
    ChangeLog changes,
    IdentityUrls urls,
    Randomness randomness
)
{
    private const string Rule = "identity:create_service";

    [Function("identity-create-service"), Policy(Rule, Require.Admin), Answers(201)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "identity/v3/services")] HttpRequest request,
        Caller caller,
        RequestId requestId
    )
    {
        var body = await request.ReadFieldsAsync();
        var fields = body.Object("service");
        _ = fields["type"];
        var made = new Service { Id = randomness.NewGuid().ToString("N") }.Over(fields);
        var key = IdempotencyKeys.Of(request, caller, body);
        var stored = await db.WriteAsync(async tx =>
        {
            if (await tx.RecallAsync(key) is { } before)
                return await store.FindServiceAsync(tx, before.Body) ?? throw Refusals.NotFound("service", before.Body);
            await store.LockCatalogAsync(tx);
            await store.PutServiceAsync(tx, made);
            await changes.AddAsync(tx, Change.Catalog());
            await tx.RememberAsync(key, 201, made.Id);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"service/{made.Id}"));
            return made;
        });
        return ServiceView.Answer(201, request, urls, stored);
    }
}
