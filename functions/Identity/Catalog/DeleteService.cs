using Pipeline.Data;
using Pipeline.Identity.Changes;

namespace Pipeline.Identity.Catalog;

internal sealed class DeleteService(Database db, IdentityStore store, ServiceCatalog catalog, ChangeLog changes)
{
    private const string Rule = "identity:delete_service";

    [Function("identity-delete-service"), Policy(Rule, Require.Admin), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "identity/v3/services/{service_id}")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string serviceId
    )
    {
        if (catalog.IsOwnService(serviceId))
            throw OwnCatalog.Untouchable("service", serviceId);
        await db.WriteAsync(async tx =>
        {
            await store.LockCatalogAsync(tx);
            var service = await store.FindServiceAsync(tx, serviceId) ?? throw Refusals.NotFound("service", serviceId);
            if ((await tx.RegisteredLimitsAsync()).Any(limit => limit.ServiceId == service.Id))
                throw Fault.Forbidden($"Unable to delete service {serviceId} because limits are registered for it.");
            await store.DeleteServiceAsync(tx, service.Id);
            await changes.AddAsync(tx, Change.Catalog());
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"service/{service.Id}"));
        });
        return Answer.NoContent();
    }
}
