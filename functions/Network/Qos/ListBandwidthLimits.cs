using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Qos;

internal sealed class ListBandwidthLimits(Database db, PublicUrl publicUrl)
{
    [Function("network-list-bandwidth-limits"), Policy("network:qos-rules:list", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = QosPath.BandwidthLimits)] HttpRequest request,
        Caller caller,
        string policy
    )
    {
        var view = BandwidthLimitView.Of(policy);
        var query = ListQuery.Of(request, view);
        query.Conditions.In("x.qos_policy_id", AttributeKind.Text, [policy]);
        var rules = await db.ReadAsync(async tx =>
        {
            await tx.GetQosPolicyAsync(caller, policy);
            return await tx.PageAsync<BandwidthLimitRow>(BandwidthLimitStore.Listed, query, caller.Viewer());
        });
        return view.List(request, caller, publicUrl, query, rules, r => r.Id.ToString());
    }
}
