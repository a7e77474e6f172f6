using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Pipeline.Contracts;
using Pipeline.Data;
using Pipeline.Durable.Replay;

namespace Pipeline.Durable.Hub;

/// <summary>One turn of one instance: load, replay, and commit all it decided in one transaction.</summary>
internal sealed class EpisodeRunner
{
    /// <summary>A turn that cannot be written so often in a row is parked.</summary>
    internal const int MaxFailures = 5;

    private readonly HistoryCache histories = new();
    private readonly TurnLoader loader;
    private readonly ConcurrentDictionary<string, int> broken = new();
    private readonly Database db;
    private readonly EngineParts parts;
    private readonly StepFaults steps;
    private readonly Poison poison;
    private readonly TimeProvider time;
    private readonly ILogger<EpisodeRunner> logger;

    public EpisodeRunner(
        Database db,
        EngineParts parts,
        StepFaults steps,
        Poison poison,
        TimeProvider time,
        ILogger<EpisodeRunner> logger
    )
    {
        (this.db, this.parts, this.steps, this.poison, this.time) = (db, parts, steps, poison, time);
        this.logger = logger;
        loader = new(histories);
    }

    /// <summary>Takes the turns of these instances, in one transaction if they let each other.</summary>
    /// <returns>Those that have to wait for another's lock, and are to be taken alone: nobody else waits with them.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(IReadOnlyList<string> instances)
    {
        var alone = instances.Count == 1;
        var left = new List<string>();
        var started = time.GetTimestamp();
        var loaded = await db.ReadAsync(tx => loader.LoadAsync(tx, instances, MayRun));
        foreach (var (row, _) in loaded.Where(l => l.Turn is null))
            await PassOnAsync(row);
        var begun = new List<Begun>();
        try
        {
            foreach (var turn in loaded.Select(l => l.Turn).OfType<Turn>().Where(t => t.Inbox.Count > 0 && t.HasBegun))
                await TryAsync(turn, async () => await BeginAsync(turn, begun));
            var advanced = await WriteTogetherAsync(begun);
            foreach (var one in begun)
                await TryAsync(
                    one.Turn,
                    async () =>
                    {
                        try
                        {
                            await FinishAsync(one, advanced, alone, started);
                        }
                        catch (ContendedException) when (!alone)
                        {
                            await poison.LivedAsync(one.Turn);
                            left.Add(one.Turn.Instance.Id);
                        }
                    }
                );
        }
        finally
        {
            begun.ForEach(b => b.Place.Dispose());
        }
        return left;
    }

    /// <summary>An instance that is blocked, and whose next turn could be taken here; writes nothing.</summary>
    public async Task<InstanceRow?> FindRunnableAsync(string instanceId)
    {
        var loaded = await db.ReadAsync(tx =>
            loader.LoadAsync(tx, [instanceId], row => row is { Blocked: not null, Suspended: null })
        );
        if (loaded is not [(_, { Inbox.Count: > 0, HasBegun: true } turn)])
            return null;
        try
        {
            EpisodeCommit.Of(turn, Replay(turn), null, parts, StepsOf(turn));
            return turn.Instance;
        }
        catch (Exception)
        {
            return null;
        }
    }

    /// <summary>What one turn fails with is no other's concern.</summary>
    private async Task TryAsync(Turn turn, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e) when (e is not ProcessDiedException)
        {
            await poison.LivedAsync(turn);
            if (IsPoison(turn.Instance.Id, e))
                await db.WriteAsync(Park(turn, e, given: true).RunAsync);
            else
                logger.LogError(e, "a turn of {Instance} failed; it is tried again when it is due", turn.Instance.Id);
        }
    }

    private async Task BeginAsync(Turn turn, List<Begun> begun)
    {
        if (await poison.BeginAsync(turn) is not { } place)
            return;
        var span = EngineSpans.Episode(turn.Instance);
        var one = new Begun(turn, Decide(turn, span), place);
        begun.Add(one);
        try
        {
            await parts.Probe(EnginePoint.BeforeCommit, turn.Instance.Id, turn.Instance.Name);
        }
        catch
        {
            begun.Remove(one);
            place.Dispose();
            throw;
        }
    }

    /// <returns>Of those that were written together, whether each advanced.</returns>
    private async Task<IReadOnlyDictionary<EpisodeCommit, bool>> WriteTogetherAsync(List<Begun> begun)
    {
        var commits = begun.Select(b => b.Commit).Where(c => c.GoesWithOthers).ToList();
        if (commits.Count < 2)
            return new Dictionary<EpisodeCommit, bool>();
        try
        {
            foreach (var commit in commits)
                await commit.Steps.MeetAsync(commit.FirstStep);
            return await db.WriteAsync(tx => TurnsTogether.RunAsync(tx, commits));
        }
        catch (Exception e) when (e is not ProcessDiedException)
        {
            logger.LogDebug(e, "{Count} turns are written one by one", commits.Count);
            return new Dictionary<EpisodeCommit, bool>();
        }
    }

    private async Task FinishAsync(
        Begun one,
        IReadOnlyDictionary<EpisodeCommit, bool> together,
        bool alone,
        long started
    )
    {
        var (turn, commit) = (one.Turn, one.Commit);
        var instanceId = turn.Instance.Id;
        Activity.Current = commit.Span;
        if (!together.TryGetValue(commit, out var advanced))
            advanced = await WriteAsync(commit, alone);
        await commit.Steps.TellAsync();
        broken.TryRemove(instanceId, out _);
        if (advanced)
        {
            EngineMetrics.Committed(turn, commit, time.GetElapsedTime(started));
            MissedDeadlines.Log(logger, turn, commit.Events);
            parts.Followers.Moved(instanceId, turn.Instance.Resource);
        }
        else
            await poison.LivedAsync(turn);
        if (!advanced || commit.Write.Ended || commit.Generation is not null)
            histories.Forget(instanceId);
        else
            histories.Keep(turn.Instance, [.. turn.History, .. commit.Events]);
        await parts.Probe(EnginePoint.AfterCommit, instanceId, turn.Instance.Name);
        if (advanced && commit.Generation is { } next)
            await SweepAsync(turn, next);
        if (turn.Inbox.Count >= HubStore.InboxBatch)
            parts.Wake(instanceId);
    }

    /// <exception cref="ContendedException">It is not alone, and would have to wait for a lock.</exception>
    private async Task<bool> WriteAsync(EpisodeCommit commit, bool alone)
    {
        while (true)
            try
            {
                await commit.Steps.MeetAsync(commit.FirstStep);
                return await db.WriteAsync(tx =>
                {
                    if (!alone)
                        tx.WaitBriefly();
                    return commit.RunAsync(tx);
                });
            }
            catch (ContendedException) when (!alone)
            {
                throw;
            }
            catch (Exception e) when (e is not ProcessDiedException)
            {
                if (!await commit.Steps.TryAgainAsync(e))
                    throw;
            }
    }

    private async Task SweepAsync(Turn old, NextGeneration next)
    {
        if (next.Dropped > 0)
        {
            EngineMetrics.Dropped("generation", next.Dropped);
            logger.LogInformation(
                "{Instance} continued as new; {Count} answers came too late",
                old.Instance.Id,
                next.Dropped
            );
        }
        if (old.History.Count >= GenerationStore.HistoryBatch)
            await NextGeneration.SweepAsync(db, old.Instance);
    }

    /// <summary>Not ours to run: its owner hears of the news. What came while an instance was ending goes with it.</summary>
    private async Task PassOnAsync(InstanceRow row)
    {
        if (parts.Owner is "")
            return;
        if (InstanceStatus.IsTerminal(row.Status))
        {
            histories.Forget(row.Id);
            parts.StopInstance(row.Id, row.Generation);
            await db.WriteAsync(tx => tx.DropWaitsOfEndedAsync(row.Id));
        }
        else if (row.Owner != parts.Owner)
            db.Notify(Hints.Turn(row.Owner, row.Id));
    }

    private bool MayRun(InstanceRow row) =>
        row.Owner == parts.Owner
        && !poison.IsGivenUp(row)
        && row.Suspended is null
        && !InstanceStatus.IsTerminal(row.Status);

    /// <summary>Its own doing, not a state of the store that will pass.</summary>
    private bool IsPoison(string instance, Exception e) =>
        e switch
        {
            PoisonException => true,
            OperationCanceledException => false,
            Fault { Code: FaultCode.Unavailable or FaultCode.Timeout } => false,
            _ => broken.AddOrUpdate(instance, 1, (_, times) => times + 1) >= MaxFailures,
        };

    private EpisodeCommit Decide(Turn turn, Activity? span)
    {
        try
        {
            return EpisodeCommit.Of(turn, Replay(turn), span, parts, StepsOf(turn));
        }
        catch (Exception e)
        {
            return Park(turn, e, given: false);
        }
    }

    private Func<EpisodeResult> Replay(Turn turn)
    {
        var orchestrator = parts.Registry.Orchestrator(turn.Instance.Name, turn.Instance.Version);
        var news = turn
            .Inbox.Where(i => i.Kind != HubStore.Nudge)
            // One that is cancelled before its first turn begins nothing.
            .OrderBy(i => turn.History.Count > 0 || i.Kind != nameof(HistoryKind.CancelRequested))
            .Select(i => new HistoryEvent(Enum.Parse<HistoryKind>(i.Kind), i.TaskId, i.Name, i.Data, null, default))
            .ToList();
        var now = parts.Now;
        return () => Episode.Run(turn, news, now, orchestrator, parts.Json, logger);
    }

    /// <summary>Of a turn that a process died in, only the first: who kills it is then known.</summary>
    private OwnSteps StepsOf(Turn turn) => new(parts, steps, oneByOne: turn.Instance.Starts > 0);

    /// <summary>Never terminal: the inbox stays, and the instance goes on when matching code is back.</summary>
    /// <param name="given">It is given up for now, and stands among the dead letters.</param>
    private EpisodeCommit Park(Turn turn, Exception cause, bool given)
    {
        var blocked = cause switch
        {
            MismatchException mismatch => mismatch.Blocked,
            PoisonException => new(-1, "", "", cause.Message),
            // What a store says may hold a row's data.
            _ when given => new(-1, "", "", $"the turn could not be written: {cause.GetType().Name}"),
            _ => new Blocked(-1, "", "", $"{cause.GetType().Name}: {cause.Message}"),
        };
        var text = parts.Json.Write(blocked);
        if (text != turn.Instance.Blocked)
            logger.LogError(cause, "orchestration {Instance} is blocked: {Reason}", turn.Instance.Id, blocked.Reason);
        return EpisodeCommit.Parked(turn, text, given ? blocked.Reason : null, parts, StepsOf(turn));
    }

    /// <summary>A turn that was decided, and is to be written.</summary>
    /// <param name="Place">Disposed when it has ended.</param>
    private sealed record Begun(Turn Turn, EpisodeCommit Commit, IDisposable Place);
}
