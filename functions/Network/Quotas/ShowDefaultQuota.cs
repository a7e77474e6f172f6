using Pipeline.Data;

namespace Pipeline.Network.Quotas;

/// <summary>The limits of a project that has none of its own.</summary>
internal sealed class ShowDefaultQuota(Database db)
{
    [Function("network-show-default-quota"), Policy("network:quotas:show", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/quotas/{project}/default")]
            HttpRequest request,
        Caller caller,
        string project
    )
    {
        QuotaRights.Readable(caller, project);
        return QuotaView.Plain(await db.ReadAsync(tx => QuotaSet.ReadAsync(tx, null)));
    }
}
