using Pipeline.Data;
using Pipeline.Identity.Catalog;

namespace Pipeline.Identity.Limits;

/// <summary>Registers several limits, or none of them.</summary>
internal sealed class CreateRegisteredLimits(
    Database db,
    IdentityStore store,
    ServiceCatalog catalog,
    OwnLimits own,
    IdentityUrls urls,
    Randomness randomness
)
{
    private const string Rule = "identity:create_registered_limits";

    [Function("identity-create-registered-limits"), Policy(Rule, Require.Admin), Answers(201)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = ReadRegisteredLimits.All)] HttpRequest request,
        Caller caller,
        RequestId requestId
    )
    {
        var body = await request.ReadFieldsAsync();
        body.Only("registered_limits");
        var asked = LimitOrder.ReadRegistered(body, own, () => randomness.NewGuid().ToString("N"));
        var key = IdempotencyKeys.Of(request, caller, body);
        var made = await db.WriteAsync(async tx =>
        {
            if (await tx.RecallAsync(key) is { } stored)
                return await RecallAsync(tx, stored.Body);
            await store.LockCatalogAsync(tx);
            foreach (var limit in asked)
            {
                var place = (limit.ServiceId, limit.RegionId);
                await LimitOrder.CheckPlaceAsync(tx, store, catalog, "registered_limit", place);
                if (!await tx.TryAddRegisteredLimitAsync(limit))
                    throw Duplicate();
                await tx.AuditAsync(caller.Audit(requestId, Rule, $"registered_limit/{limit.Id}"));
            }
            await tx.RememberAsync(key, 201, string.Join(',', asked.Select(limit => limit.Id)));
            return asked;
        });
        return Answer.Json(
            201,
            new RegisteredLimitsMade([.. made.Select(limit => RegisteredLimitView.Of(request, urls, limit))]),
            IdentityJson.Default.RegisteredLimitsMade
        );
    }

    public static Fault Duplicate() =>
        Fault.Conflict("Conflict occurred attempting to store registered_limit - Duplicate entry.");

    private static async ValueTask<IReadOnlyList<RegisteredLimit>> RecallAsync(Tx tx, string ids)
    {
        var found = new List<RegisteredLimit>();
        foreach (var id in ids.Split(','))
            found.Add(await ReadRegisteredLimits.FindAsync(tx, id));
        return found;
    }
}
