using Pipeline.Data;
using Pipeline.Placement.Hosts;

namespace Pipeline.Placement.Ledger;

/// <param name="ReportsOnly">True after a restore of the database, until an operator releases the sweeps.</param>
internal sealed record QuarantineView(
    bool ReportsOnly,
    DateTimeOffset? RestoredAt,
    long Line,
    IReadOnlyList<QuarantinedView> Quarantine
);

internal sealed record QuarantinedView(
    string Id,
    HostId HostId,
    string HostName,
    string Kind,
    string ItemId,
    string Reason,
    DateTimeOffset FoundAt,
    DateTimeOffset SeenAt
);

/// <summary>What lies on hosts without a record that explains it, for operators.</summary>
internal sealed class ListQuarantine(Database db)
{
    [Function("hosts-list-quarantine"), Policy("hosts:quarantine:list", Require.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "hosts/v1/quarantine")] HttpRequest request
    )
    {
        var (cloud, rows, hosts) = await db.ReadAsync(async tx =>
            (await tx.ReadCloudAsync(), await tx.ListQuarantineAsync(), await tx.ListHostsAsync())
        );
        var names = hosts.ToDictionary(h => h.Id, h => h.Name);
        var view = new QuarantineView(
            cloud.RestoredAt is not null,
            cloud.RestoredAt,
            cloud.Line,
            [.. rows.Select(r => View(r, names.GetValueOrDefault(r.HostId, "")))]
        );
        return Answer.Json(200, view, PlacementJson.Default.QuarantineView);
    }

    private static QuarantinedView View(QuarantineRow row, string host) =>
        new(row.Id, row.HostId, host, row.Kind.ToLowerInvariant(), row.ItemId, row.Reason, row.FoundAt, row.SeenAt);
}
