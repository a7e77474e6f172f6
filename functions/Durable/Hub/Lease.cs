using Microsoft.Extensions.Logging;
using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>
/// This process's right to work on instances, where several functions hosts share the store: one row, renewed at a third of
/// its length. When it ends, all work under way is cancelled, and others take the instances over; what this process still
/// tries to commit for them is refused, since they carry another owner then.
/// </summary>
internal sealed class Lease : IDisposable
{
    private static readonly TimeSpan Remembered = TimeSpan.FromHours(1);
    private readonly CancellationTokenSource stopping = new();
    private readonly Lock gate = new();
    private readonly Database db;
    private readonly EngineParts parts;
    private readonly LeaseOptions? options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly AlarmClock alarm;
    private CancellationTokenSource tenure = new();
    private ITimer? end;
    private long epoch;

    public Lease(Database db, EngineParts parts, LeaseOptions? options, TimeProvider time, ILogger logger)
    {
        (this.db, this.parts, this.options, this.time, this.logger) = (db, parts, options, time, logger);
        alarm = new(time);
        parts.Owner = options is null ? "" : null;
    }

    /// <summary>Cancelled when the present lease has ended.</summary>
    public CancellationToken Tenure => tenure.Token;

    /// <summary>Keeps the lease until stopped; returns at once where this process has the store to itself.</summary>
    /// <param name="gained">Work may have come: its own from the beginning, or others'.</param>
    public async Task KeepAsync(Action gained)
    {
        if (options is null)
            return;
        db.Notified += Heard;
        while (!stopping.IsCancellationRequested)
        {
            var next = options.Length / 3;
            alarm.Arm();
            try
            {
                if (await SweepAsync(gained) is { } sooner && sooner < next)
                    next = sooner;
            }
            catch (ProcessDiedException)
            {
                break;
            }
            catch (Exception e)
            {
                logger.LogError(e, "the lease could not be renewed; tried again in {Wait}", next);
            }
            await alarm.WaitAsync(time.GetUtcNow() + next, stopping.Token);
        }
        db.Notified -= Heard;
    }

    /// <summary>Stops renewing.</summary>
    public void Stop() => stopping.Cancel();

    /// <summary>All work has ended: others may go on at once.</summary>
    public async Task GiveUpAsync()
    {
        if (options is null || parts.Owner is not { } owner)
            return;
        Begin(null);
        try
        {
            await db.WriteAsync(async tx =>
            {
                await tx.EndLeaseAsync(owner);
                tx.OnCommitted(() => db.Notify(Hints.LeaseEnded));
            });
        }
        catch (Exception e)
        {
            logger.LogWarning(e, "{Owner} could not end its lease; it ends by itself", owner);
        }
    }

    public void Dispose()
    {
        end?.Dispose();
        tenure.Dispose();
        stopping.Dispose();
    }

    /// <returns>When another's lease ends.</returns>
    private async Task<TimeSpan?> SweepAsync(Action gained)
    {
        await parts.Probe(EnginePoint.BeforeRenewal, "", options!.Host);
        var asked = time.GetTimestamp();
        if (parts.Owner is { } held && !await db.WriteAsync(tx => tx.RenewLeaseAsync(held, options.Length)))
            Lose();
        var isNew = parts.Owner is null;
        if (parts.Owner is not { } owner)
        {
            owner = $"{options.Host}/{++epoch}";
            await db.WriteAsync(tx => tx.TakeLeaseAsync(owner, options.Length));
            Begin(owner);
            logger.LogDebug("{Owner} has its lease", owner);
            gained();
        }
        // Before anything else is waited for: who stands still from here on must lose it in time.
        Extend(options.Length - time.GetElapsedTime(asked));
        var forgotten = isNew ? await db.ReadAsync(tx => tx.ListForgottenOwnersAsync()) : [];
        if (await TakeOverAsync(owner, forgotten))
            gained();
        return await db.ReadAsync(tx => tx.UntilNextEndAsync(owner));
    }

    /// <returns>True when there was something to take over.</returns>
    private async Task<bool> TakeOverAsync(string owner, IReadOnlyList<string> forgotten)
    {
        var ended = await db.ReadAsync(tx => tx.ListEndedLeasesAsync());
        // Its own may have ended since it was renewed, where this process stood still: it would take over from itself for ever.
        IReadOnlyList<string> gone = ["", .. forgotten, .. ended.Where(other => other != owner)];
        var some = await db.WriteAsync(tx => tx.ClaimOutboxAsync(owner, gone)) > 0;
        while (await db.WriteAsync(tx => tx.ClaimInstancesAsync(owner, gone)) is > 0 and var taken)
        {
            logger.LogInformation("{Owner} took over {Count} orchestrations", owner, taken);
            some = true;
        }
        if (ended.Count > 0)
            await db.WriteAsync(tx => tx.ForgetLeasesAsync(Remembered));
        return some;
    }

    /// <param name="owner">Null for no tenure any more.</param>
    private void Begin(string? owner)
    {
        lock (gate)
        {
            end?.Dispose();
            end = owner is null
                ? null
                : time.CreateTimer(_ => Lose(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            tenure = new();
            parts.Owner = owner;
        }
    }

    private void Extend(TimeSpan left)
    {
        lock (gate)
            end?.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private void Lose()
    {
        string? lost;
        CancellationTokenSource ended;
        lock (gate)
        {
            (lost, parts.Owner, ended) = (parts.Owner, null, tenure);
            end?.Dispose();
            end = null;
        }
        if (lost is null)
            return;
        logger.LogWarning("{Owner} has lost its lease; its work is cancelled", lost);
        ended.Cancel();
        alarm.Set(time.GetUtcNow());
    }

    private void Heard(string hint)
    {
        if (hint is Hints.LeaseEnded or "")
            alarm.Set(time.GetUtcNow());
    }
}
