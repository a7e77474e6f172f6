using Pipeline.Data;

namespace Pipeline.Network.Quotas;

/// <summary>Limits with their usage. Older clients name the format.</summary>
internal sealed class ShowQuotaDetails(Database db)
{
    [Function("network-show-quota-details"), Policy("network:quotas:show", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/quotas/{project}/details")]
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/quotas/{project}/details.json")]
            HttpRequest request,
        Caller caller,
        string project
    )
    {
        var id = QuotaRights.Readable(caller, project);
        return QuotaView.Detailed(await db.ReadAsync(tx => QuotaSet.ReadAsync(tx, id)));
    }
}
