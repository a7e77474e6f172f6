using Pipeline.Data;

namespace Pipeline.Network.Quotas;

internal sealed class ShowQuota(Database db)
{
    [Function("network-show-quota"), Policy("network:quotas:show", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/quotas/{project}")] HttpRequest request,
        Caller caller,
        string project
    )
    {
        var id = QuotaRights.Readable(caller, project);
        return QuotaView.Plain(await db.ReadAsync(tx => QuotaSet.ReadAsync(tx, id)));
    }
}
