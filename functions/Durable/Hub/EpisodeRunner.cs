using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Pipeline.Contracts;
using Pipeline.Data;
using Pipeline.Durable.Replay;

namespace Pipeline.Durable.Hub;

/// <summary>One turn of one instance: load, replay, and commit all it decided in one transaction.</summary>
internal sealed class EpisodeRunner(
    Database db,
    EngineParts parts,
    StepFaults steps,
    Poison poison,
    TimeProvider time,
    ILogger<EpisodeRunner> logger
)
{
    /// <summary>A turn that cannot be written so often in a row is parked.</summary>
    internal const int MaxFailures = 5;

    private readonly HistoryCache histories = new();
    private readonly PayloadCache payloads = new();
    private readonly ConcurrentDictionary<string, int> broken = new();

    public async Task RunAsync(string instanceId)
    {
        var started = time.GetTimestamp();
        var (row, turn) = await db.ReadAsync(tx => LoadAsync(tx, instanceId));
        if (row is not null && turn is null)
            await PassOnAsync(row);
        if (turn is null || turn.Inbox.Count == 0 || !turn.HasBegun)
            return;
        try
        {
            if (await poison.BeginAsync(turn) is not { } begun)
                return;
            using (begun)
                await TakeAsync(turn, started);
        }
        catch (Exception e) when (e is not ProcessDiedException)
        {
            await poison.LivedAsync(turn);
            if (!IsPoison(instanceId, e))
                throw;
            await db.WriteAsync(Park(turn, e, given: true).RunAsync);
        }
    }

    /// <summary>An instance that is blocked, and whose next turn could be taken here; writes nothing.</summary>
    public async Task<InstanceRow?> FindRunnableAsync(string instanceId)
    {
        var turn = await db.ReadAsync(async tx =>
            await tx.FindInstanceAsync(instanceId) is { Blocked: not null, Suspended: null } row
                ? await TurnAsync(tx, row)
                : null
        );
        if (turn is null || turn.Inbox.Count == 0 || !turn.HasBegun)
            return null;
        try
        {
            EpisodeCommit.Of(turn, Replay(turn), null, parts);
            return turn.Instance;
        }
        catch (Exception)
        {
            return null;
        }
    }

    private async Task TakeAsync(Turn turn, long started)
    {
        var instanceId = turn.Instance.Id;
        var span = EngineSpans.Episode(turn.Instance);
        var commit = Decide(turn, span);
        await parts.Probe(EnginePoint.BeforeCommit, instanceId, turn.Instance.Name);
        var advanced = await WriteAsync(commit);
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
        if (turn.Inbox.Count == HubStore.InboxBatch)
            parts.Wake(instanceId);
    }

    private async Task<bool> WriteAsync(EpisodeCommit commit)
    {
        if (commit.OwnStep is not { } step)
            return await db.WriteAsync(commit.RunAsync);
        try
        {
            await parts.Probe(EnginePoint.BeforeStep, step.InstanceId, step.Name);
            var advanced = await db.WriteAsync(commit.RunAsync);
            await parts.Probe(EnginePoint.AfterStep, step.InstanceId, step.Name);
            return advanced;
        }
        catch (Exception e) when (e is not ProcessDiedException)
        {
            commit.OwnStepFailed(steps.Describe(step, e));
            return await db.WriteAsync(commit.RunAsync);
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

    private async ValueTask<(InstanceRow?, Turn?)> LoadAsync(Tx tx, string id)
    {
        var row = await tx.FindInstanceAsync(id);
        if (
            row is null
            || row.Owner != parts.Owner
            || poison.IsGivenUp(row)
            || row.Suspended is not null
            || InstanceStatus.IsTerminal(row.Status)
        )
            return (row, null);
        return (row, await TurnAsync(tx, row));
    }

    private async ValueTask<Turn> TurnAsync(Tx tx, InstanceRow row)
    {
        var known = histories.Find(row);
        var rest = await tx.ListHistoryAsync(row, known.Count);
        var turn = new Turn(
            row,
            rest.Count == 0 ? known : [.. known, .. rest.Select(h => h.Event)],
            await tx.ListInboxAsync(row),
            await tx.ListMailAsync(row.Id)
        );
        return turn with { Payloads = await payloads.ReadAsync(tx, turn) };
    }

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
            return EpisodeCommit.Of(turn, Replay(turn), span, parts);
        }
        catch (Exception e)
        {
            return Park(turn, e, given: false);
        }
    }

    private EpisodeResult Replay(Turn turn)
    {
        var orchestrator = parts.Registry.Orchestrator(turn.Instance.Name, turn.Instance.Version);
        var news = turn
            .Inbox.Where(i => i.Kind != HubStore.Nudge)
            // One that is cancelled before its first turn begins nothing.
            .OrderBy(i => turn.History.Count > 0 || i.Kind != nameof(HistoryKind.CancelRequested))
            .Select(i => new HistoryEvent(Enum.Parse<HistoryKind>(i.Kind), i.TaskId, i.Name, i.Data, null, default))
            .ToList();
        // As it will be read back, so that the first run and every replay see the same time.
        var now = Time.FromMicroseconds(Time.ToMicroseconds(time.GetUtcNow()));
        return Episode.Run(turn, news, now, orchestrator, parts.Json, logger);
    }

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
        return EpisodeCommit.Parked(turn, text, given ? blocked.Reason : null, parts);
    }
}
