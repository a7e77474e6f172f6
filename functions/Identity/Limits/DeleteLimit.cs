using Pipeline.Data;

namespace Pipeline.Identity.Limits;

/// <summary>The cloud's default holds again.</summary>
internal sealed class DeleteLimit(Database db)
{
    private const string Rule = "identity:delete_limit";

    [Function("identity-delete-limit"), Policy(Rule, Require.Admin), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = ReadLimits.One)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string limitId
    )
    {
        await db.WriteAsync(async tx =>
        {
            if (await tx.DeleteLimitAsync(limitId) == 0)
                throw ReadLimits.NotFound(limitId);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"limit/{limitId}"));
        });
        return Answer.NoContent();
    }
}
