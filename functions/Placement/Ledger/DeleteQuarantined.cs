using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Placement.Orchestrations;

namespace Pipeline.Placement.Ledger;

internal sealed record ReclaimView(string Instance);

/// <summary>An operator's word: a quarantined thing is removed from its host, also while sweeps only report.</summary>
internal sealed class DeleteQuarantined(Database db, LedgerReader ledger, DurableTaskClient durable)
{
    private const string Rule = "hosts:quarantine:delete";

    [Function("hosts-delete-quarantined"), Policy(Rule, Require.Admin), Answers(202)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "hosts/v1/quarantine/{id}/delete")]
            HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId
    )
    {
        var instance = await db.WriteAsync(async tx =>
        {
            var row =
                await tx.FindQuarantinedAsync(id) ?? throw Fault.NotFound($"Nothing in quarantine has the id '{id}'.");
            var item = row.Item;
            var records = await ledger.RecordsAsync(tx, row.HostId, [item]);
            if (records.Any(r => r.Item.Kind == item.Kind && r.Item.Id == item.Id && r.Host == row.HostId))
                throw Fault.Conflict(
                    $"{item.Owner} belongs on this host by now; it leaves quarantine with the next sweep."
                );
            var started = $"reclaim-{item.Owner.Replace('/', '-')}-{requestId}";
            var order = new ReclaimHoldings(row.HostId, item.Owner, [item]);
            if (!await durable.StartAsync(tx, order, new StartOptions(started, Queue: true)))
                throw Operations.Busy(item.Owner);
            await tx.AuditAsync(caller.Audit(requestId, Rule, item.Owner));
            return started;
        });
        return Answer.Json(202, new(instance), PlacementJson.Default.ReclaimView);
    }
}
