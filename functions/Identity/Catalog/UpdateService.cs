using Pipeline.Data;
using Pipeline.Identity.Changes;

namespace Pipeline.Identity.Catalog;

internal sealed class UpdateService(
    Database db,
    IdentityStore store,
    ServiceCatalog catalog,
    ChangeLog changes,
    IdentityUrls urls
)
{
    private const string Rule = "identity:update_service";

    [Function("identity-update-service"), Policy(Rule, Require.Admin), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "identity/v3/services/{service_id}")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string serviceId
    )
    {
        var fields = (await request.ReadFieldsAsync()).Object("service");
        fields.NotEmpty();
        fields.SameId(serviceId);
        if (catalog.IsOwnService(serviceId))
            throw OwnCatalog.Untouchable("service", serviceId);
        var service = await db.WriteAsync(async tx =>
        {
            await store.LockCatalogAsync(tx);
            var before = await store.FindServiceAsync(tx, serviceId) ?? throw Refusals.NotFound("service", serviceId);
            var after = before.Over(fields);
            await store.PutServiceAsync(tx, after);
            await changes.AddAsync(tx, Change.Catalog());
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"service/{after.Id}"));
            return after;
        });
        return ServiceView.Answer(200, request, urls, service);
    }
}
