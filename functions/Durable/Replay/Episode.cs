using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Pipeline.Contracts;
using Pipeline.Durable.Hub;

namespace Pipeline.Durable.Replay;

/// <summary>
/// One turn of an orchestration, pure: replays the history, gives the code its news, and collects what it does next.
/// </summary>
internal sealed class Episode
{
    private readonly EpisodeContext turn = new();
    private readonly SortedDictionary<int, PendingAction> actions = [];
    private readonly Dictionary<string, Queue<TaskCompletionSource<string>>> waits = new(
        StringComparer.OrdinalIgnoreCase
    );
    private readonly TaskCompletionSource<FaultDetails> interrupted = new();
    private readonly List<HistoryEvent> produced = [];
    private readonly DurableJson json;
    private readonly IOrchestrator orchestrator;
    private readonly TaskOrchestrationContext context;
    private readonly long lastRecordedEpisode;
    private Task<string>? run;
    private int nextTask;
    private int raises;

    private Episode(InstanceRow instance, int recorded, IOrchestrator orchestrator, DurableJson json, ILogger logger)
    {
        Instance = instance;
        this.json = json;
        this.orchestrator = orchestrator;
        lastRecordedEpisode = recorded;
        context = new(this, json, logger);
    }

    public InstanceRow Instance { get; }

    public DateTimeOffset Now { get; private set; }

    public bool IsReplaying { get; private set; } = true;

    public string? CustomStatus { get; set; }

    public Task<FaultDetails> Interrupted => interrupted.Task;

    private long Epoch => Instance.Epoch + raises;

    /// <summary>Replays and goes on.</summary>
    /// <param name="history">All that is recorded of this generation, in order.</param>
    /// <param name="news">What came since: completions, fired timers, cancel; appended in this order.</param>
    /// <param name="mail">External events not yet taken, oldest first.</param>
    /// <exception cref="MismatchException">The code diverges from the history.</exception>
    public static EpisodeResult Run(
        InstanceRow instance,
        IReadOnlyList<HistoryEvent> history,
        IReadOnlyList<HistoryEvent> news,
        IReadOnlyList<MailRow> mail,
        DateTimeOffset now,
        IOrchestrator orchestrator,
        DurableJson json,
        ILogger logger
    )
    {
        var episode = new Episode(instance, history.Count, orchestrator, json, logger);
        for (var seq = 0; seq < history.Count; seq++)
            episode.Replay(history[seq], seq);
        episode.IsReplaying = false;
        episode.Append(new(HistoryKind.OrchestratorStarted, -1, null, null, null, now));
        foreach (var item in news)
            episode.Append(item with { At = now });
        var taken = episode.TakeMail(mail);
        episode.turn.Close();
        return episode.Result(taken);
    }

    /// <summary>Takes an action: in a replay it must be the recorded one, later it is new.</summary>
    public PendingAction Emit(HistoryKind kind, string? name, string? data, string identity, object? detail)
    {
        var id = nextTask++;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}/{identity}")).AsSpan(0, 8));
        var action = new PendingAction(id, new(kind, id, name, data, hash, Now), detail) { Epoch = Epoch };
        actions.Add(id, action);
        return action;
    }

    public void CancelTimer(PendingAction timer)
    {
        if (!timer.IsOpen)
            return;
        EmitDone(HistoryKind.TimerCancelled, $"{timer.TaskId}");
        timer.Cancel();
    }

    public void CancelTask(PendingAction task) => EmitDone(HistoryKind.TaskCancelRequested, $"{task.TaskId}");

    public void RaiseEpoch()
    {
        raises++;
        EmitDone(HistoryKind.EpochRaised, $"{Epoch}");
    }

    public Task<string> WaitForEvent(string name)
    {
        if (!waits.TryGetValue(name, out var queue))
            waits.Add(name, queue = new());
        var wait = new TaskCompletionSource<string>();
        queue.Enqueue(wait);
        return wait.Task;
    }

    /// <summary>An action that nothing answers.</summary>
    private void EmitDone(HistoryKind kind, string data) => Emit(kind, null, data, data, null).Complete("");

    private void Replay(HistoryEvent item, int seq)
    {
        if (item.Kind == HistoryKind.OrchestratorStarted)
            NoStrangers(seq);
        if (item.IsAction)
            Match(item, seq);
        else
            Deliver(item);
    }

    private void Append(HistoryEvent item)
    {
        if (item.Kind == HistoryKind.OrchestratorStarted)
            NoStrangers((int)lastRecordedEpisode);
        produced.Add(item);
        Deliver(item);
    }

    /// <summary>Whatever the code did in an episode stands in that episode's history.</summary>
    private void NoStrangers(int seq)
    {
        foreach (var action in actions.Values)
            if (!action.Matched)
                throw new MismatchException(seq, "nothing", action.Event.ToString());
    }

    private void Match(HistoryEvent recorded, int seq)
    {
        if (!actions.TryGetValue(recorded.TaskId, out var action))
            throw new MismatchException(seq, recorded.ToString(), "nothing");
        if (action.Event.Kind != recorded.Kind || action.Event.Hash != recorded.Hash)
            throw new MismatchException(seq, Describe(recorded), Describe(action.Event));
        action.Matched = true;
    }

    private static string Describe(HistoryEvent item) => $"{item} ({item.Hash})";

    private void Deliver(HistoryEvent item)
    {
        switch (item.Kind)
        {
            case HistoryKind.OrchestratorStarted:
                Now = item.At;
                break;
            case HistoryKind.ExecutionStarted:
                turn.Run(() => run = orchestrator.RunAsync(context, item.Data!));
                break;
            case HistoryKind.TaskCompleted or HistoryKind.TimerFired:
                turn.Run(() => actions.GetValueOrDefault(item.TaskId)?.Complete(item.Data ?? ""));
                break;
            case HistoryKind.TaskFailed:
                turn.Run(() => actions.GetValueOrDefault(item.TaskId)?.Fail(json.Read<FaultDetails>(item.Data!)));
                break;
            case HistoryKind.EventRaised:
                turn.Run(() => waits[item.Name!].Dequeue().TrySetResult(item.Data!));
                break;
            case HistoryKind.CancelRequested or HistoryKind.DeadlineReached:
                turn.Run(() => interrupted.TrySetResult(json.Read<FaultDetails>(item.Data!)));
                break;
            default:
                break;
        }
    }

    /// <summary>Gives waiting code its events, oldest first, until nobody waits for what is there.</summary>
    private List<long> TakeMail(IReadOnlyList<MailRow> mail)
    {
        var left = mail.ToList();
        var taken = new List<long>();
        while (left.FindIndex(m => waits.TryGetValue(m.Name, out var queue) && queue.Count > 0) is >= 0 and var index)
        {
            var item = left[index];
            left.RemoveAt(index);
            taken.Add(item.Seq);
            Append(new(HistoryKind.EventRaised, -1, item.Name, item.Data, null, Now));
        }
        return taken;
    }

    private EpisodeResult Result(List<long> taken)
    {
        var fresh = actions.Values.Where(a => !a.Matched).ToList();
        produced.AddRange(fresh.Select(a => a.Event with { At = Now }));
        var outcome = Outcome();
        if (outcome is not null)
            produced.Add(
                new(HistoryKind.ExecutionCompleted, -1, outcome.Status, outcome.Output ?? Details(outcome), null, Now)
            );
        else if (!actions.Values.Any(a => a.IsOpen) && waits.Values.All(q => q.Count == 0))
            throw new MismatchException(Instance.NextSeq, "a wait of the engine", "an await of something else");
        return new(produced, fresh, taken, outcome, CustomStatus);
    }

    private string? Details(Outcome outcome) => outcome.Fault is null ? null : json.Write(outcome.Fault);

    private Outcome? Outcome()
    {
        if (run is { IsCompletedSuccessfully: true })
            return new(InstanceStatus.Completed, run.Result, null);
        if (run is { IsCompleted: true })
            return Ended(run.Exception?.InnerException);
        return !orchestrator.EndsItself && interrupted.Task.IsCompleted
            ? Ended(Fault.From(interrupted.Task.Result))
            : null;
    }

    private static Outcome Ended(Exception? cause)
    {
        var fault = cause is Fault known
            ? known.Details
            : new FaultDetails(FaultCode.Internal, cause?.Message ?? "cancelled", cause?.GetType().Name);
        var cancelled = fault.Code == FaultCode.Cancelled;
        return new(cancelled ? InstanceStatus.Canceled : InstanceStatus.Failed, null, fault);
    }
}

/// <param name="Events">New history, in order.</param>
/// <param name="Actions">New actions to carry out.</param>
/// <param name="Taken">Mail that was consumed.</param>
internal sealed record EpisodeResult(
    IReadOnlyList<HistoryEvent> Events,
    IReadOnlyList<PendingAction> Actions,
    IReadOnlyList<long> Taken,
    Outcome? Outcome,
    string? CustomStatus
);

/// <summary>How an instance ended.</summary>
internal sealed record Outcome(string Status, string? Output, FaultDetails? Fault);
