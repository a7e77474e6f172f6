using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Placement.Ledger;
using Pipeline.Placement.Orchestrations;

namespace Pipeline.Placement.Activities;

/// <summary>Compares what a host holds with what is recorded, and writes what follows.</summary>
/// <param name="Unsettled">Servers whose power state could not be judged yet.</param>
/// <param name="Cause">Ends the names of the orchestrations that reclaim.</param>
internal sealed record CompareHoldings(
    HostId Host,
    DateTimeOffset Asked,
    IReadOnlyList<Holding> Held,
    int Unsettled,
    string Cause
) : IActivity<Done>;

/// <summary>The comparison reads a snapshot; what is written after it holds whatever happened in between (a lock, a listing).</summary>
internal sealed class CompareHoldingsHandler(
    Database db,
    LedgerReader ledger,
    DurableTaskClient durable,
    Randomness randomness,
    SweepOptions sweeps
) : IPreparedActivity<CompareHoldings, LedgerFindings, Done>
{
    public async ValueTask<LedgerFindings> PrepareAsync(CompareHoldings step)
    {
        var facts = await db.ReadAsync(tx => ledger.FactsAsync(tx, step.Host, step.Asked, step.Held));
        return LedgerComparison.Compare(facts, step.Held);
    }

    public async ValueTask<Done> RunAsync(Tx tx, CompareHoldings step, LedgerFindings prepared)
    {
        if ((await tx.ReadCloudAsync()).RestoredAt is null)
            await ReclaimAsync(tx, step, prepared.Removed);
        else
            await ListAsync(tx, step.Host, prepared.Removed.Select(HeldBack));
        await ListAsync(tx, step.Host, prepared.Unexpected);
        foreach (var item in prepared.Moving)
            await tx.KeepQuarantinedAsync(step.Host, item);
        await tx.DropUnseenAsync(step.Host);
        var settled = prepared.Moving.Count + step.Unsettled == 0;
        await tx.SaveSweepAsync(
            step.Host,
            prepared,
            step.Held.Count,
            tx.Now + (settled ? sweeps.Every : SweepOptions.Soon)
        );
        return Done.Instance;
    }

    private async ValueTask ReclaimAsync(Tx tx, CompareHoldings step, IReadOnlyList<Holding> removed)
    {
        foreach (var owner in removed.GroupBy(r => r.Owner))
        {
            var order = new ReclaimHoldings(step.Host, owner.Key, [.. owner]);
            var options = new StartOptions($"reclaim-{owner.Key.Replace('/', '-')}-{step.Cause}", Queue: true);
            if (await durable.StartAsync(tx, order, options))
                await tx.AuditAsync(new(null, null, null, step.Cause, "hosts:sweep:reclaim", owner.Key));
        }
    }

    private async ValueTask ListAsync(Tx tx, HostId host, IEnumerable<UnexpectedHolding> unexpected)
    {
        foreach (var (item, reason) in unexpected)
            await tx.QuarantineAsync(host, item, randomness.NewGuid().ToString(), reason);
    }

    private static UnexpectedHolding HeldBack(Holding item) =>
        new(item, $"{item.Owner} is recorded as removed, by a database that was restored.");
}
