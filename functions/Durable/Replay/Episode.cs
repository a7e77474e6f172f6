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
    private readonly List<PendingAction> actions = []; // by their number
    private readonly Dictionary<string, Queue<TaskCompletionSource<string>>> waits = new(
        StringComparer.OrdinalIgnoreCase
    );
    private readonly Dictionary<string, bool> patches = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource<FaultDetails> interrupted = new();
    private List<HistoryEvent> produced = [];
    private readonly DurableJson json;
    private readonly IOrchestrator orchestrator;
    private readonly TaskOrchestrationContext context;
    private readonly Turn from;
    private readonly List<MailRow> mail;
    private Task<string>? run;
    private PendingAction? held;
    private int unmatched;
    private long epoch;
    private string? nextInput;
    private bool rewound;

    private Episode(Turn from, IOrchestrator orchestrator, DurableJson json, ILogger logger)
    {
        this.from = from;
        mail = [.. from.Mail];
        this.json = json;
        this.orchestrator = orchestrator;
        epoch = from.Instance.Epoch;
        context = new(this, json, logger);
        IdGeneration = from.Instance.Generation;
    }

    public InstanceRow Instance => from.Instance;

    public DateTimeOffset Now { get; private set; }

    /// <summary>The generation that ids are named after: a rewound run repeats those of the run it goes on from.</summary>
    public int IdGeneration { get; private set; }

    public bool IsReplaying { get; private set; } = true;

    public string? CustomStatus { get; set; }

    public Task<FaultDetails> Interrupted => interrupted.Task;

    /// <summary>Replays the turn's history and goes on.</summary>
    /// <param name="news">What came since: completions, fired timers, cancel; appended in this order.</param>
    /// <exception cref="MismatchException">The code diverges from the history.</exception>
    public static EpisodeResult Run(
        Turn turn,
        IReadOnlyList<HistoryEvent> news,
        DateTimeOffset now,
        IOrchestrator orchestrator,
        DurableJson json,
        ILogger logger
    )
    {
        var episode = new Episode(turn, orchestrator, json, logger);
        for (var seq = 0; seq < turn.History.Count; seq++)
            episode.Replay(turn.History[seq], seq);
        episode.NoStrangers(turn.History.Count);
        episode.IsReplaying = false;
        return episode.GoOn(news, now);
    }

    /// <summary>One stretch: gives the code its news, and collects what it does.</summary>
    private EpisodeResult GoOn(IReadOnlyList<HistoryEvent> news, DateTimeOffset now)
    {
        turn.Open();
        Append(new(HistoryKind.OrchestratorStarted, -1, null, null, null, now));
        foreach (var item in news)
            Append(item with { At = now });
        var taken = TakeMail();
        turn.Close();
        return Result(taken);
    }

    /// <summary>Takes an action: in a replay it must be the recorded one, later it is new.</summary>
    public PendingAction Emit(HistoryKind kind, string? name, string? data, string identity, object? asked)
    {
        turn.AssertHere();
        var id = actions.Count;
        var action = new PendingAction(id, new(kind, id, name, data, Hash(kind, identity), Now), asked)
        {
            Epoch = epoch,
        };
        actions.Add(action);
        unmatched++;
        return action;
    }

    public void CancelTimer(PendingAction timer)
    {
        if (!timer.IsOpen)
            return;
        EmitDone(HistoryKind.TimerCancelled, $"{timer.TaskId}");
        timer.Cancel();
    }

    /// <summary>Asks a step or an orchestration to stop; what it ends with still comes as its news.</summary>
    public void Cancel(PendingAction called)
    {
        if (!called.IsOpen)
            return;
        called.CancelRequested = true;
        var kind = called.Child is null ? HistoryKind.TaskCancelRequested : HistoryKind.SubOrchestrationCancelRequested;
        EmitDone(kind, $"{called.TaskId}");
    }

    /// <summary>Asks for all these names at once, in their order; one lock at a time.</summary>
    /// <exception cref="Fault">Conflict while another is held or asked for.</exception>
    public PendingAction RequestLock(IReadOnlyList<string> names)
    {
        turn.AssertHere();
        if (held is not null)
            throw Fault.Conflict(
                $"{Instance.Name} holds or awaits a lock already; all names it needs at once are asked for in one LockAsync."
            );
        var data = json.Write(names.ToArray());
        return held = Emit(HistoryKind.LockRequested, null, data, data, null);
    }

    /// <summary>Gives a lock up, or stops waiting for it; once is enough.</summary>
    public void Release(PendingAction asked)
    {
        if (held != asked)
            return;
        held = null;
        EmitDone(HistoryKind.LockReleased, $"{asked.TaskId}");
        asked.Cancel();
    }

    public void RaiseEpoch()
    {
        epoch++;
        EmitDone(HistoryKind.EpochRaised, $"{epoch}");
    }

    /// <summary>When the code has returned, it begins anew with this input.</summary>
    public void ContinueAsNew(string input)
    {
        turn.AssertHere();
        nextInput = input;
    }

    /// <summary>
    /// True for a run that first comes here on code that has the patch; its history says so from then on. A marker has no
    /// number among the actions: code that no longer asks replays all the same.
    /// </summary>
    public bool IsPatched(string id)
    {
        turn.AssertHere();
        if (patches.TryGetValue(id, out var known))
            return known;
        var marked = from.History.Any(h => h.Kind == HistoryKind.PatchMarked && h.Name == id);
        if (!marked && !IsReplaying)
            produced.Add(new(HistoryKind.PatchMarked, -1, id, null, Hash(HistoryKind.PatchMarked, id), Now));
        return patches[id] = marked || !IsReplaying;
    }

    /// <summary>The next event of this name; a wait that is cancelled takes none.</summary>
    public Task<string> WaitForEvent(string name, CancellationToken ct)
    {
        turn.AssertHere();
        if (!waits.TryGetValue(name, out var queue))
            waits.Add(name, queue = new());
        var wait = new TaskCompletionSource<string>();
        queue.Enqueue(wait);
        if (ct.CanBeCanceled)
            ct.Register(() => wait.TrySetCanceled(ct));
        return wait.Task;
    }

    private static string Hash(HistoryKind kind, string identity) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}/{identity}")).AsSpan(0, 8));

    /// <summary>An action that nothing answers.</summary>
    private void EmitDone(HistoryKind kind, string data) => Emit(kind, null, data, data, null).Complete("");

    private void Replay(HistoryEvent item, int seq)
    {
        if (item.Kind == HistoryKind.OrchestratorStarted)
            NoStrangers(seq);
        if (item.IsAction)
            Match(item, seq);
        else
            Deliver(item, seq);
    }

    private void Append(HistoryEvent item)
    {
        produced.Add(item);
        Deliver(item, -1);
    }

    /// <summary>Whatever the code did in an episode stands in that episode's history.</summary>
    private void NoStrangers(int seq)
    {
        if (unmatched > 0)
            throw new MismatchException(seq, "nothing", actions.Find(a => !a.Matched)!.Event.ToString());
    }

    private void Match(HistoryEvent recorded, int seq)
    {
        var action = Asked(recorded) ?? throw new MismatchException(seq, recorded.ToString(), "nothing");
        if (action.Event.Kind != recorded.Kind || action.Event.Hash != recorded.Hash)
            throw new MismatchException(seq, Describe(recorded), Describe(action.Event));
        action.Matched = true;
        unmatched--;
    }

    /// <summary>The action that an event names; null where the code has not come to it.</summary>
    private PendingAction? Asked(HistoryEvent item) =>
        item.TaskId >= 0 && item.TaskId < actions.Count ? actions[item.TaskId] : null;

    private static string Describe(HistoryEvent item) => $"{item} ({item.Hash})";

    private void Deliver(HistoryEvent item, int seq)
    {
        switch (item.Kind)
        {
            case HistoryKind.OrchestratorStarted:
                Now = item.At;
                break;
            case HistoryKind.ExecutionStarted:
                turn.Run(() => run = orchestrator.RunAsync(context, from.Text(item.Data)!));
                break;
            case HistoryKind.TaskCompleted or HistoryKind.TimerFired or HistoryKind.LockGranted:
                turn.Run(() => Asked(item)?.Complete(from.Text(item.Data) ?? ""));
                break;
            case HistoryKind.SubOrchestrationInstanceCompleted:
                Adopt(item.Name);
                turn.Run(() => Asked(item)?.Complete(from.Text(item.Data) ?? ""));
                break;
            case HistoryKind.SubOrchestrationInstanceFailed:
                Adopt(item.Name);
                turn.Run(() => Asked(item)?.Fail(json.Read<FaultDetails>(item.Data!)));
                break;
            case HistoryKind.TaskFailed:
                turn.Run(() => Asked(item)?.Fail(json.Read<FaultDetails>(item.Data!)));
                break;
            case HistoryKind.EventRaised:
                var wait = FirstWait(item.Name!) ?? throw new MismatchException(seq, item.ToString(), "no wait for it");
                turn.Run(() => wait.TrySetResult(from.Text(item.Data)!));
                break;
            case HistoryKind.CancelRequested or HistoryKind.DeadlineReached:
                turn.Run(() => interrupted.TrySetResult(json.Read<FaultDetails>(item.Data!)));
                break;
            case HistoryKind.ExecutionRewound when item.Data is { } origin:
                IdGeneration = int.Parse(origin);
                break;
            case HistoryKind.ExecutionRewound:
                rewound = !IsReplaying;
                break;
            default:
                break;
        }
    }

    /// <summary>Who worked on the same resource may have raised its fence.</summary>
    private void Adopt(string? raised)
    {
        if (long.TryParse(raised, out var to) && to > epoch)
            epoch = to;
    }

    /// <summary>Gives waiting code its events, oldest first, until nobody waits for what is there.</summary>
    private List<long> TakeMail()
    {
        var taken = new List<long>();
        // What came after the code's end is the next generation's.
        while (!IsOver && mail.FindIndex(m => FirstWait(m.Name) is not null) is >= 0 and var index)
        {
            var item = mail[index];
            mail.RemoveAt(index);
            taken.Add(item.Seq);
            Append(new(HistoryKind.EventRaised, -1, item.Name, item.Data, null, Now));
        }
        return taken;
    }

    /// <summary>The oldest wait for this name that is still open; what the code gave up waiting for takes no event.</summary>
    private TaskCompletionSource<string>? FirstWait(string name)
    {
        if (!waits.TryGetValue(name, out var queue))
            return null;
        while (queue.TryPeek(out var wait))
            if (wait.Task.IsCompleted)
                queue.Dequeue();
            else
                return wait;
        return null;
    }

    private EpisodeResult Result(List<long> taken)
    {
        var fresh = actions.FindAll(a => !a.Matched);
        produced.AddRange(fresh.Select(a => a.Event with { At = Now }));
        var outcome = Outcome();
        if (turn.Strayed || (outcome is null && !IsWaiting))
            throw new MismatchException(Instance.NextSeq, "a wait of the engine", "an await of something else");
        // A nudge that found nothing to do leaves no trace.
        if (produced.Count == 1)
            produced.Clear();
        if (outcome is { NextInput: null })
            produced.Add(
                new(HistoryKind.ExecutionCompleted, -1, outcome.Status, outcome.Output ?? Details(outcome), null, Now)
            );
        var result = new EpisodeResult(
            produced,
            rewound ? [.. Again(), .. fresh] : fresh,
            taken,
            outcome,
            CustomStatus,
            epoch
        )
        {
            Waits = Awaited(),
            GoOn = (news, now) => GoOn([news], now),
        };
        // What follows in the same turn finds all this in its history.
        (produced, rewound, unmatched) = ([], false, 0);
        fresh.ForEach(a => a.Matched = true);
        return result;
    }

    /// <summary>What the run that this one goes on from had asked for, and has no result.</summary>
    private IEnumerable<PendingAction> Again()
    {
        foreach (var action in actions.Where(a => a is { Matched: true, IsOpen: true, CancelRequested: false }))
        {
            action.Epoch = epoch;
            yield return action;
        }
    }

    private string? Awaited()
    {
        var open = waits.Keys.Where(name => FirstWait(name) is not null).ToList();
        return open.Count == 0 ? null : string.Join(", ", open);
    }

    private bool IsOver => run is { IsCompleted: true };

    private bool IsWaiting => actions.Exists(a => a.IsOpen) || waits.Keys.Any(name => FirstWait(name) is not null);

    private string? Details(Outcome outcome) => outcome.Fault is null ? null : json.Write(outcome.Fault);

    private Outcome? Outcome()
    {
        if (run is { IsCompletedSuccessfully: true })
            // Who continues can still be stopped: a cancel is for the instance, not for its generation.
            return nextInput is null ? Completed(run.Result)
                : interrupted.Task.IsCompleted ? Ended(Fault.From(interrupted.Task.Result))
                : new(InstanceStatus.Running, null, null, nextInput);
        if (run is { IsCompleted: true })
            return Ended(run.Exception?.InnerException);
        return !orchestrator.EndsItself && interrupted.Task.IsCompleted
            ? Ended(Fault.From(interrupted.Task.Result))
            : null;
    }

    private Outcome Completed(string output)
    {
        try
        {
            Payload.AssertFits(output, $"the output of {Instance.Name}");
            return new(InstanceStatus.Completed, output, null);
        }
        catch (Fault tooLarge)
        {
            return Ended(tooLarge);
        }
    }

    private Outcome Ended(Exception? cause)
    {
        var fault = context.DetailsOf(cause ?? new OperationCanceledException());
        // A step may answer "cancelled" although nobody cancelled this run: then it has failed.
        var cancelled =
            fault.Code == FaultCode.Cancelled
            && interrupted.Task is { IsCompleted: true, Result.Code: FaultCode.Cancelled };
        return new(cancelled ? InstanceStatus.Canceled : InstanceStatus.Failed, null, fault);
    }
}
