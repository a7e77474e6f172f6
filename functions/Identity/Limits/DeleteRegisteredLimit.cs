using Pipeline.Data;

namespace Pipeline.Identity.Limits;

/// <summary>Deletes a registered limit to which no limit refers, and which is not this cloud's own.</summary>
internal sealed class DeleteRegisteredLimit(Database db, IdentityStore store)
{
    private const string Rule = "identity:delete_registered_limit";

    [Function("identity-delete-registered-limit"), Policy(Rule, Require.Admin), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = ReadRegisteredLimits.One)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string registeredLimitId
    )
    {
        await db.WriteAsync(async tx =>
        {
            await store.LockCatalogAsync(tx);
            var limit = await ReadRegisteredLimits.FindAsync(tx, registeredLimitId);
            if (await tx.IsReferredToAsync(limit))
                throw UpdateRegisteredLimit.ReferredTo(limit.Id);
            if (limit.IsOwn)
                throw OwnLimits.Untouchable(limit.Id);
            await tx.DeleteRegisteredLimitAsync(limit.Id);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"registered_limit/{limit.Id}"));
        });
        return Answer.NoContent();
    }
}
