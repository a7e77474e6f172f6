using Pipeline.Data;

namespace Pipeline.Placement.Ledger;

/// <summary>Sweeps the hosts whose turn it is. Takes no input; each run may be repeated, also by another functions host.</summary>
internal sealed class SweepHosts(Database db, SweepBook book)
{
    [Function("hosts-sweep")]
    public async Task RunAsync([TimerTrigger("5 * * * * *")] TimerInfo timer)
    {
        foreach (var host in await db.ReadAsync(LedgerStore.ListDueSweepsAsync))
            await db.WriteAsync(tx => book.StartDueAsync(tx, host));
        if (await db.ReadAsync(Removals.HasForgettableAsync))
            await db.WriteAsync(Removals.ForgetRemovalsAsync);
    }
}
