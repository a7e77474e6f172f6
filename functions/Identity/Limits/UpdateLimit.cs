using Pipeline.Data;

namespace Pipeline.Identity.Limits;

/// <summary>A limit may go below what is used: then its project grows no more.</summary>
internal sealed class UpdateLimit(Database db, IdentityUrls urls)
{
    private const string Rule = "identity:update_limit";

    [Function("identity-update-limit"), Policy(Rule, Require.Admin), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = ReadLimits.One)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string limitId
    )
    {
        var body = (await request.ReadFieldsAsync()).Object("limit");
        var limit = await db.WriteAsync(async tx =>
        {
            var before = await tx.LockLimitAsync(limitId) ?? throw ReadLimits.NotFound(limitId);
            var after = LimitOrder.Over(before, body);
            await tx.UpdateLimitAsync(after);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"limit/{after.Id}"));
            return after;
        });
        return LimitView.Answer(request, urls, limit);
    }
}
