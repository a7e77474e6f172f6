using Pipeline.Data;
using Pipeline.Identity.Catalog;

namespace Pipeline.Identity.Limits;

/// <summary>Changes a registered limit to which no limit refers, as Keystone has it; of this cloud's own, the default and the description.</summary>
internal sealed class UpdateRegisteredLimit(
    Database db,
    IdentityStore store,
    ServiceCatalog catalog,
    OwnLimits own,
    IdentityUrls urls
)
{
    private const string Rule = "identity:update_registered_limit";

    [Function("identity-update-registered-limit"), Policy(Rule, Require.Admin), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = ReadRegisteredLimits.One)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string registeredLimitId
    )
    {
        var body = (await request.ReadFieldsAsync()).Object("registered_limit");
        var limit = await db.WriteAsync(async tx =>
        {
            await store.LockCatalogAsync(tx);
            var before =
                await tx.LockRegisteredLimitAsync(registeredLimitId)
                ?? throw ReadRegisteredLimits.NotFound(registeredLimitId);
            if (await tx.IsReferredToAsync(before))
                throw ReferredTo(before.Id);
            var after = LimitOrder.Over(before, body, own);
            if (before.IsOwn && NameOf(after) != NameOf(before))
                throw OwnLimits.Untouchable(before.Id);
            var place = (after.ServiceId, after.RegionId);
            await LimitOrder.CheckPlaceAsync(tx, store, catalog, "registered_limit", place);
            if (!await tx.TryUpdateRegisteredLimitAsync(after))
                throw CreateRegisteredLimits.Duplicate();
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"registered_limit/{after.Id}"));
            return after;
        });
        return RegisteredLimitView.Answer(request, urls, limit);
    }

    public static Fault ReferredTo(string id) =>
        Fault.Forbidden(
            $"Unable to update or delete registered limit {id} because there are project limits associated with it."
        );

    private static (string, string?, string) NameOf(RegisteredLimit limit) =>
        (limit.ServiceId, limit.RegionId, limit.ResourceName);
}
