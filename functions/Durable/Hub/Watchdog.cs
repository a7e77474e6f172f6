using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>
/// Looks now and then for what should not be: instances of this functions host that wait for nothing, and those that are
/// past their deadline. It only tells: metrics, and a log line with the first of them.
/// </summary>
internal sealed class Watchdog(Database db, EngineParts parts, TimeSpan period, TimeProvider time, ILogger logger)
{
    private const int MostNamed = 5;
    private static readonly string[] Open = [InstanceStatus.Pending, InstanceStatus.Running, InstanceStatus.Suspended];
    private static readonly Meter Meter = new("Pipeline.Durable");

    private static readonly Gauge<long> Stuck = Meter.CreateGauge<long>(
        "durable.instances.stuck",
        null,
        "Orchestrations with nothing pending: no step, news, timer, awaited event, child or held resource; the target is 0"
    );

    private static readonly Gauge<long> Blocked = Meter.CreateGauge<long>(
        "durable.instances.blocked",
        null,
        "Orchestrations whose code no longer repeats their history"
    );

    private static readonly Gauge<long> Suspended = Meter.CreateGauge<long>(
        "durable.instances.suspended",
        null,
        "Orchestrations that stand still by an operator's word"
    );

    private static readonly Gauge<long> Overdue = Meter.CreateGauge<long>(
        "durable.instances.overdue",
        null,
        "Orchestrations past their deadline that have not ended"
    );

    private readonly AlarmClock clock = new(time);

    public async Task RunAsync(CancellationToken stopping)
    {
        while (true)
        {
            clock.Arm();
            await clock.WaitAsync(time.GetUtcNow() + period, stopping);
            if (stopping.IsCancellationRequested)
                return;
            try
            {
                Tell(await LookAsync());
            }
            catch (ProcessDiedException)
            {
                return;
            }
            catch (Exception e)
            {
                logger.LogWarning(e, "the watchdog could not look; it looks again in {Wait}", period);
            }
        }
    }

    /// <summary>What is wrong at this moment; nothing while others have this functions host's work.</summary>
    public async Task<Findings> LookAsync() =>
        parts.Owner is { } owner ? await db.ReadAsync(tx => tx.ListFindingsAsync(owner)) : Findings.None;

    private void Tell(Findings found)
    {
        Stuck.Record(found.Stuck.Count);
        Blocked.Record(found.Blocked);
        Suspended.Record(found.Suspended);
        foreach (var status in Open)
            Overdue.Record(found.Overdue(status), new KeyValuePair<string, object?>("status", status));
        if (found.Stuck.Count > 0)
            logger.LogError(
                "{Count} orchestrations wait for nothing: {Instances}",
                found.Stuck.Count,
                string.Join(", ", found.Stuck.Take(MostNamed))
            );
    }
}
