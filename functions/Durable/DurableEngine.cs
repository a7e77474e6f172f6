using Microsoft.Extensions.Logging;
using Pipeline.Data;
using Pipeline.Durable.Hub;

namespace Pipeline.Durable;

/// <param name="Orchestrators">Turns at once (`durableTask.maxConcurrentOrchestratorFunctions`).</param>
/// <param name="Activities">
/// Steps at once (`durableTask.maxConcurrentActivityFunctions`): so many local ones, which may be long, and so many of
/// the others, which are short.
/// </param>
public sealed record EngineOptions(int Orchestrators = 16, int Activities = 16)
{
    /// <summary>The safety net under the wake-up hints.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a parked instance is tried again: its code comes back with a start, or with another functions host.</summary>
    public TimeSpan RetryParked { get; init; } = TimeSpan.FromMinutes(1);

    public RetentionOptions Retention { get; init; } = new();

    /// <summary>How many processes may die of one step, or in one turn, before it is given up.</summary>
    public int MaxDeaths { get; init; } = 10;

    /// <summary>How often the watchdog looks for instances that wait for nothing.</summary>
    public TimeSpan Watch { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Needed where several functions hosts share the store; null where this one has it to itself.</summary>
    public LeaseOptions? Lease { get; init; }
}

/// <param name="Host">Names this process among all functions hosts, before and after it.</param>
/// <param name="Length">Silent for so long, its work is others'.</param>
public sealed record LeaseOptions(string Host, TimeSpan Length);

/// <summary>The engine's loops: turns of instances, tasks, and what is due by the clock. Hints wake them; a slow poll is the net.</summary>
public sealed class DurableEngine : IAsyncDisposable
{
    private const int DueBatch = 10_000;
    private readonly WorkSet<string> turns = new();
    private readonly WorkSet<TaskKey> shortTasks = new();
    private readonly WorkSet<TaskKey> longTasks = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly List<Task> loops = [];
    private Task keeping = Task.CompletedTask;
    private volatile bool ownsMore = true;
    private readonly Database db;
    private readonly EngineParts parts;
    private readonly EngineOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<DurableEngine> logger;
    private readonly EpisodeRunner episodes;
    private readonly TaskRunner runner;
    private readonly Poison poison;
    private readonly Retention retention;
    private readonly Adoption adoption;
    private DateTimeOffset adoptAt = DateTimeOffset.MinValue;
    private readonly AlarmClock alarm;
    private readonly Lease lease;
    private readonly Watchdog watchdog;

    public DurableEngine(
        Database db,
        EngineParts parts,
        EngineOptions options,
        TimeProvider time,
        ILoggerFactory loggers
    )
    {
        this.db = db;
        this.parts = parts;
        this.options = options;
        this.time = time;
        logger = loggers.CreateLogger<DurableEngine>();
        var faults = new StepFaults(loggers.CreateLogger<StepFaults>());
        poison = new(db, parts, options.MaxDeaths, time);
        parts.Logger = logger;
        episodes = new(db, parts, faults, poison, time, loggers.CreateLogger<EpisodeRunner>());
        runner = new(db, parts, faults, poison, loggers.CreateLogger<TaskRunner>());
        alarm = new(time);
        adoption = new(db, parts, episodes, logger);
        retention = new(db, parts, options.Retention, time, loggers.CreateLogger<Retention>());
        lease = new(db, parts, options.Lease, time, loggers.CreateLogger<Lease>());
        watchdog = new(db, parts, options.Watch, time, loggers.CreateLogger<Watchdog>());
        parts.Wake = turns.Add;
        parts.WakeTask = AddTask;
        parts.WakeAt = alarm.Set;
        parts.StopTask = runner.Stop;
        parts.StopInstance = runner.StopAll;
    }

    /// <exception cref="InvalidOperationException">The loaded code is wrong: a handler cannot be made, a name is taken twice.</exception>
    public void Start()
    {
        _ = parts.Registry;
        poison.TookOver();
        for (var i = 0; i < options.Orchestrators; i++)
            loops.Add(WorkAsync(turns, db.IsShared ? TurnsTogether.Most : 1, episodes.RunAsync));
        for (var i = 0; i < options.Activities; i++)
        {
            loops.Add(WorkAsync(shortTasks, 1, RunTasksAsync));
            loops.Add(WorkAsync(longTasks, 1, RunTasksAsync));
        }
        loops.Add(DueAsync());
        loops.Add(retention.KeepAsync(stopping.Token));
        loops.Add(watchdog.RunAsync(stopping.Token));
        loops.Add(new MissingCode(db, parts, logger).ReportAsync());
        db.Notified += Heard;
        keeping = lease.KeepAsync(Gained);
    }

    /// <summary>Stops taking work and waits for what is under way; everything not done is found again at the next start.</summary>
    /// <exception cref="OperationCanceledException">A step did not heed its token before <paramref name="ct"/>.</exception>
    public async Task StopAsync(CancellationToken ct = default)
    {
        stopping.Cancel();
        db.Notified -= Heard;
        await Task.WhenAll(loops).WaitAsync(ct);
        lease.Stop();
        await keeping.WaitAsync(ct);
        await lease.GiveUpAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        lease.Dispose();
        stopping.Dispose();
    }

    private void AddTask(TaskKey key, string kind) => (kind == TaskRow.Local ? longTasks : shortTasks).Add(key);

    /// <param name="run">Gives back what is to be taken alone: until then it is under way.</param>
    private async Task WorkAsync<TKey>(
        WorkSet<TKey> work,
        int most,
        Func<IReadOnlyList<TKey>, Task<IReadOnlyList<TKey>>> run
    )
        where TKey : notnull
    {
        var alone = new Queue<TKey>();
        while (!stopping.IsCancellationRequested)
        {
            var taken = alone.TryDequeue(out var one) ? [one] : await work.TakeAsync(most, stopping.Token);
            if (taken.Count == 0)
                return;
            IReadOnlyList<TKey> left = [];
            try
            {
                left = await run(taken);
            }
            catch (ProcessDiedException)
            {
                return;
            }
            catch (Exception e)
            {
                logger.LogError(
                    e,
                    "a turn of {Work} failed; it is tried again when it is due",
                    string.Join(", ", taken)
                );
            }
            finally
            {
                foreach (var key in taken.Except(left))
                    work.Done(key);
            }
            foreach (var key in left)
                alone.Enqueue(key);
        }
    }

    private async Task<IReadOnlyList<TaskKey>> RunTasksAsync(IReadOnlyList<TaskKey> taken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token, lease.Tenure);
        foreach (var key in taken)
            await runner.RunAsync(key, either.Token);
        return [];
    }

    /// <summary>Another functions host has news for an instance of ours; after a silence, who knows.</summary>
    private void Heard(string hint)
    {
        if (hint.Length == 0)
            LookAgain();
        else if (Hints.TurnOf(hint, parts.Owner) is { } instance)
            turns.Add(instance);
        parts.Followers.Heard(hint, parts.Owner);
    }

    /// <summary>Also what is parked is tried at once by its new owner, which may have the code for it.</summary>
    private void Gained()
    {
        ownsMore = true;
        poison.TookOver();
        LookAgain();
    }

    private void LookAgain()
    {
        alarm.Set(time.GetUtcNow());
        parts.OutboxFilled();
    }

    private async Task DueAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            var next = time.GetUtcNow() + options.Poll;
            alarm.Arm();
            try
            {
                next = await WakeDueAsync() is { } due && due < next ? due : next;
            }
            catch (ProcessDiedException)
            {
                return;
            }
            catch (Exception e)
            {
                ownsMore = true;
                logger.LogError(e, "looking for due work failed; tried again at {Next}", next);
            }
            await alarm.WaitAsync(next, stopping.Token);
        }
    }

    /// <summary>At once with a lease, and as often as what is parked here is tried.</summary>
    private async Task AdoptAsync(string owner)
    {
        if (options.Lease is null || (!ownsMore && time.GetUtcNow() < adoptAt))
            return;
        adoptAt = time.GetUtcNow() + options.RetryParked;
        await adoption.LookAsync(owner);
    }

    /// <returns>When the next work is due; null when none is planned.</returns>
    private async Task<DateTimeOffset?> WakeDueAsync()
    {
        if (parts.Owner is not { } owner)
            return null;
        await AdoptAsync(owner);
        var parkedBefore = ownsMore ? DateTimeOffset.MaxValue : time.GetUtcNow() - options.RetryParked;
        ownsMore = false;
        var (news, steps) = await db.ReadAsync(async tx =>
            (await tx.ListDueAsync(owner, parkedBefore, DueBatch), await tx.ListDueTasksAsync(owner, DueBatch))
        );
        foreach (var instance in news.Due)
            turns.Add(instance);
        foreach (var task in steps.Due)
            AddTask(task.Key, task.Kind);
        return news.Next is null || steps.Next < news.Next ? steps.Next : news.Next;
    }
}
