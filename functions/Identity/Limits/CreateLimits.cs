using Pipeline.Data;
using Pipeline.Identity.Catalog;

namespace Pipeline.Identity.Limits;

/// <summary>Gives projects or domains limits of their own, several or none of them.</summary>
internal sealed class CreateLimits(
    Database db,
    IdentityStore store,
    ServiceCatalog catalog,
    OwnLimits own,
    IdentityUrls urls,
    Randomness randomness
)
{
    private const string Rule = "identity:create_limits";

    [Function("identity-create-limits"), Policy(Rule, Require.Admin), Answers(201)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = ReadLimits.All)] HttpRequest request,
        Caller caller,
        RequestId requestId
    )
    {
        var body = await request.ReadFieldsAsync();
        body.Only("limits");
        var asked = LimitOrder.ReadLimits(body, own, () => randomness.NewGuid().ToString("N"));
        var key = IdempotencyKeys.Of(request, caller, body);
        var made = await db.WriteAsync(async tx =>
        {
            if (await tx.RecallAsync(key) is { } stored)
                return await RecallAsync(tx, stored.Body);
            await store.LockGrantsAsync(tx); // a project or a domain may be going
            await store.LockCatalogAsync(tx);
            var registered = await tx.RegisteredLimitsAsync();
            foreach (var limit in asked)
                await AddAsync(tx, limit, registered);
            foreach (var limit in asked)
                await tx.AuditAsync(caller.Audit(requestId, Rule, $"limit/{limit.Id}"));
            await tx.RememberAsync(key, 201, string.Join(',', asked.Select(limit => limit.Id)));
            return asked;
        });
        return Answer.Json(
            201,
            new LimitsMade([.. made.Select(limit => LimitView.Of(request, urls, limit))]),
            IdentityJson.Default.LimitsMade
        );
    }

    private async ValueTask AddAsync(Tx tx, Limit limit, IReadOnlyList<RegisteredLimit> registered)
    {
        await LimitOrder.CheckPlaceAsync(tx, store, catalog, "limit", (limit.ServiceId, limit.RegionId));
        if (limit.ProjectId is { } project && await store.FindProjectAsync(tx, project.Value) is null)
            throw LimitOrder.Missing("project_id", "limit");
        if (limit.DomainId is { } domain && await store.FindDomainAsync(tx, domain.Value) is null)
            throw LimitOrder.Missing("domain_id", "limit");
        var to =
            registered.FirstOrDefault(one =>
                (one.ServiceId, one.RegionId, one.ResourceName) == (limit.ServiceId, limit.RegionId, limit.ResourceName)
            ) ?? throw Fault.Forbidden("Unable to create a limit that has no corresponding registered limit.");
        if (!await tx.TryAddLimitAsync(limit with { Resource = to.Resource }))
            throw Fault.Conflict("Conflict occurred attempting to store limit - Duplicate entry.");
    }

    private static async ValueTask<IReadOnlyList<Limit>> RecallAsync(Tx tx, string ids)
    {
        var found = new List<Limit>();
        foreach (var id in ids.Split(','))
            found.Add(await tx.FindLimitAsync(id) ?? throw ReadLimits.NotFound(id));
        return found;
    }
}
