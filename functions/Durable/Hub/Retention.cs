using Microsoft.Extensions.Logging;
using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>Forgets instances whose time is over: in small transactions, and half of the time at most, so that it holds up nobody.</summary>
internal sealed class Retention(
    Database db,
    EngineParts parts,
    RetentionOptions options,
    TimeProvider time,
    ILogger<Retention> logger
)
{
    private static readonly TimeSpan FirstAfter = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(5);
    private readonly AlarmClock alarm = new(time);

    public async Task KeepAsync(CancellationToken stopping)
    {
        var wait = FirstAfter;
        while (!stopping.IsCancellationRequested)
        {
            await PauseAsync(wait, stopping);
            wait = options.Every;
            try
            {
                await SweepAsync(stopping);
            }
            catch (ProcessDiedException)
            {
                return;
            }
            catch (Exception e)
            {
                logger.LogError(e, "instances whose time is over could not be forgotten; tried again in {Wait}", wait);
            }
        }
    }

    private async Task SweepAsync(CancellationToken stopping)
    {
        var gone = 0;
        foreach (var (status, filter, except) in Filters(time.GetUtcNow()))
            for (var more = true; more && !stopping.IsCancellationRequested; )
            {
                var started = time.GetTimestamp();
                (var some, more) = await db.WriteAsync(tx => tx.PurgeAsync(status, filter, except));
                more &= some > 0;
                gone += some;
                var took = time.GetElapsedTime(started);
                if (more)
                    await PauseAsync(took > ShortestPause ? took : ShortestPause, stopping);
            }
        await db.WriteAsync(tx => tx.ForgetLooseLettersAsync(time.GetUtcNow() - options.Failed));
        await db.WriteAsync(async tx => await tx.ForgetOrphansAsync());
        if (gone > 0)
            logger.LogInformation("{Count} orchestrations that ended long ago were forgotten", gone);
    }

    /// <summary>For each status: the orchestrators that have a term of their own, and all others.</summary>
    private List<(string Status, PurgeInstancesFilter Filter, List<string> Except)> Filters(DateTimeOffset now)
    {
        var filters = new List<(string, PurgeInstancesFilter, List<string>)>();
        foreach (var status in InstanceStatus.Terminal)
        {
            var own = new List<string>();
            foreach (var (name, orchestrator) in parts.Registry.Newests)
                if (orchestrator.RetentionOf(status) is { } term)
                {
                    own.Add(name);
                    filters.Add((status, new(CompletedBefore: now - term, Name: name), []));
                }
            filters.Add((status, new(CompletedBefore: now - options.Of(status)), own));
        }
        return filters;
    }

    private async Task PauseAsync(TimeSpan wait, CancellationToken stopping)
    {
        alarm.Arm();
        await alarm.WaitAsync(time.GetUtcNow() + wait, stopping);
    }
}
