using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Qos;

internal sealed class UpdateBandwidthLimit(Database db, BandwidthLimitBook book)
{
    private const string Rule = "network:qos-rules:update";

    [Function("network-update-bandwidth-limit"), Policy(Rule, Require.ProjectManager)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = QosPath.BandwidthLimit)]
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = QosPath.BandwidthLimitAlias)]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id,
        string? policy = null
    )
    {
        var body = await request.ReadFieldsAsync(request.HttpContext.RequestAborted);
        var view = BandwidthLimitView.For(policy);
        var rule = await db.WriteAsync(async tx =>
        {
            const string name = "update_policy_bandwidth_limit_rule";
            var before = await BandwidthLimitBook.LockOwnAsync(tx, caller, policy, id, name);
            var after = NewBandwidthLimit.Fill(before, body.Updated(view, caller));
            if (after != before)
            {
                await book.UpdateAsync(tx, after);
                await tx.AuditAsync(caller.Audit(requestId, Rule, $"qos-rule/{before.Id}"));
            }
            return after;
        });
        return view.Show(request, caller, rule);
    }
}
