using Pipeline.Data;

namespace Pipeline.Placement.Ledger;

/// <summary>The figures of the last sweeps for a scrape; the target of all four is 0.</summary>
internal sealed class LedgerMetrics(Database db)
{
    public async Task WriteAsync(PrometheusText text)
    {
        var now = await db.ReadAsync(LedgerStore.ReadFiguresAsync);
        text.Gauge("pipeline_orphans", "Things on hosts that should not be there, by their last sweeps", now.Orphans);
        text.Gauge("pipeline_missing", "Things that should be on hosts and are not, by their last sweeps", now.Missing);
        text.Gauge("pipeline_quarantined", "Things on hosts that wait for an operator's word", now.Quarantined);
        text.Gauge("pipeline_sweeps_held_back", "1 while sweeps only report, after a restore", now.HeldBack);
    }
}
