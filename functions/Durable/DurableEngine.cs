using Microsoft.Extensions.Logging;
using Pipeline.Data;
using Pipeline.Durable.Hub;

namespace Pipeline.Durable;

/// <param name="Orchestrators">Turns at once (`durableTask.maxConcurrentOrchestratorFunctions`).</param>
/// <param name="Activities">Steps at once (`durableTask.maxConcurrentActivityFunctions`).</param>
/// <param name="Poll">The safety net under the wake-up hints.</param>
public sealed record EngineOptions(int Orchestrators = 16, int Activities = 16)
{
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>The engine's loops: turns of instances, tasks, and what is due by the clock. Hints wake them; a slow poll is the net.</summary>
public sealed class DurableEngine : IAsyncDisposable
{
    private const int DueBatch = 500;
    private readonly WorkSet<string> turns = new();
    private readonly WorkSet<TaskKey> tasks = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly List<Task> loops = [];
    private readonly Database db;
    private readonly EngineParts parts;
    private readonly EngineOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<DurableEngine> logger;
    private readonly EpisodeRunner episodes;
    private readonly TaskRunner runner;
    private readonly AlarmClock alarm;

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
        episodes = new(db, parts, time, loggers.CreateLogger<EpisodeRunner>());
        runner = new(db, parts, loggers.CreateLogger<TaskRunner>());
        alarm = new(time);
        parts.Wake = turns.Add;
        parts.WakeTask = tasks.Add;
        parts.WakeAt = alarm.Set;
    }

    /// <summary>Completes when a loop ended by a planned death; never in production.</summary>
    public Task Died => died.Task;

    private readonly TaskCompletionSource died = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Start()
    {
        for (var i = 0; i < options.Orchestrators; i++)
            loops.Add(WorkAsync(turns, episodes.RunAsync));
        for (var i = 0; i < options.Activities; i++)
            loops.Add(WorkAsync(tasks, key => runner.RunAsync(key, stopping.Token)));
        loops.Add(DueAsync());
    }

    /// <summary>Stops taking work and waits for what is under way; everything not done is found again at the next start.</summary>
    public async Task StopAsync()
    {
        await stopping.CancelAsync();
        await Task.WhenAll(loops);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        stopping.Dispose();
    }

    private async Task WorkAsync<TKey>(WorkSet<TKey> work, Func<TKey, Task> run)
        where TKey : notnull
    {
        while (await work.TakeAsync(stopping.Token) is { } taken)
        {
            try
            {
                await run(taken.Key);
            }
            catch (ProcessDiedException)
            {
                died.TrySetResult();
                return;
            }
            catch (Exception e)
            {
                logger.LogError(e, "a turn of {Work} failed; it is tried again when it is due", taken.Key);
            }
            finally
            {
                work.Done(taken.Key);
            }
        }
    }

    private async Task DueAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            var wait = options.Poll;
            try
            {
                alarm.Arm();
                wait = await WakeDueAsync();
            }
            catch (Exception e)
            {
                logger.LogError(e, "looking for due work failed; tried again in {Wait}", wait);
            }
            await alarm.WaitAsync(wait, stopping.Token);
        }
    }

    private async Task<TimeSpan> WakeDueAsync()
    {
        var (due, dueTasks, next) = await db.ReadAsync(async tx =>
        {
            var (instances, nextNews) = await tx.ListDueAsync(DueBatch);
            var nextTask = await tx.NextDueTaskAsync();
            return (
                instances,
                await tx.ListDueTasksAsync(DueBatch),
                nextNews < nextTask ? nextNews : nextTask ?? nextNews
            );
        });
        foreach (var instance in due)
            turns.Add(instance);
        foreach (var task in dueTasks)
            tasks.Add(task.Key);
        var until = next - time.GetUtcNow();
        return until < options.Poll ? until.Value : options.Poll;
    }
}
