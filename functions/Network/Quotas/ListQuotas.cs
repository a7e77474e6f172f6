using Pipeline.Data;

namespace Pipeline.Network.Quotas;

/// <summary>The projects that have limits of their own.</summary>
internal sealed class ListQuotas(Database db)
{
    [Function("network-list-quotas"), Policy("network:quotas:list", Require.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/quotas")] HttpRequest request
    )
    {
        var (limits, defaults) = await db.ReadAsync(async tx =>
            (await tx.ListLimitsAsync(Quota.Names), await QuotaSet.ReadAsync(tx, null))
        );
        return QuotaView.Listed(limits.GroupBy(l => l.ProjectId!.Value).Select(g => (g.Key, SetOf(g, defaults))));
    }

    private static QuotaSet SetOf(IEnumerable<Limit> own, QuotaSet defaults)
    {
        var limits = own.ToDictionary(l => l.Resource, l => l.ResourceLimit);
        return new([.. defaults.Items.Select(i => i with { Limit = limits.GetValueOrDefault(i.Resource, i.Limit) })]);
    }
}
