using Pipeline.Data;

namespace Pipeline.Network.Qos;

internal sealed class DeleteBandwidthLimit(Database db, BandwidthLimitBook book)
{
    private const string Rule = "network:qos-rules:delete";

    [Function("network-delete-bandwidth-limit"), Policy(Rule, Require.ProjectManager), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = QosPath.BandwidthLimit)]
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = QosPath.BandwidthLimitAlias)]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id,
        string? policy = null
    )
    {
        await db.WriteAsync(async tx =>
        {
            const string name = "delete_policy_bandwidth_limit_rule";
            var rule = await BandwidthLimitBook.LockOwnAsync(tx, caller, policy, id, name);
            await book.RemoveAsync(tx, rule);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"qos-rule/{rule.Id}"));
        });
        return Answer.NoContent();
    }
}
