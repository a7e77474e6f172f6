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
        var rows = await db.ReadAsync(tx => tx.ListLimitsAsync([.. Quota.Limits.Select(l => l.Resource)]));
        return QuotaView.Listed(rows.GroupBy(r => r.ProjectId).Select(g => (g.Key, SetOf(g))));
    }

    private static QuotaSet SetOf(IEnumerable<QuotaLimit> own)
    {
        var limits = own.ToDictionary(l => l.Resource, l => l.HardLimit);
        return new([.. Quota.Limits.Select(l => (l.Resource, limits.GetValueOrDefault(l.Resource, l.Default), 0L))]);
    }
}
