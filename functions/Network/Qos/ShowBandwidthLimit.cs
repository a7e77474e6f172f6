using Pipeline.Data;

namespace Pipeline.Network.Qos;

internal sealed class ShowBandwidthLimit(Database db)
{
    [Function("network-show-bandwidth-limit"), Policy("network:qos-rules:show", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = QosPath.BandwidthLimit)]
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = QosPath.BandwidthLimitAlias)]
            HttpRequest request,
        Caller caller,
        string id,
        string? policy = null
    )
    {
        var rule = await db.ReadAsync(tx => BandwidthLimitBook.GetAsync(tx, caller, policy, id));
        return BandwidthLimitView.For(policy).Show(request, caller, rule);
    }
}
