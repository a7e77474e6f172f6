using Pipeline.Contracts;
using Pipeline.Durable.Hub;

namespace Pipeline.Durable.Management;

/// <summary>
/// One instance as it is followed, pure: turns what is new of it into events, once each. Keeps its open steps alone, however
/// long its history is.
/// </summary>
/// <param name="after">What the follower knows already; null for nothing.</param>
internal sealed class InstanceTale(InstanceRow first, ResumeId? after, DurableJson json)
{
    private readonly ListPosition instance = new(first.CreatedAt, first.Id);
    private readonly Dictionary<int, (int Number, StepState State)> open = [];
    private readonly Dictionary<int, int> tries = [];
    private int generation = first.Generation;
    private int steps;
    private bool goesBack;
    private string shown = "";

    /// <summary>The first event of the history that is not read yet.</summary>
    public int Seq { get; private set; }

    /// <summary>True when the end was told, or was known.</summary>
    public bool IsOver { get; private set; }

    /// <param name="fresh">History from <see cref="Seq"/> on, of the row's generation.</param>
    /// <param name="tasks">Steps that wait for another try; empty while there is history left to read.</param>
    public IEnumerable<InstanceEvent> Tell(
        InstanceRow row,
        IReadOnlyList<HistoryRow> fresh,
        IReadOnlyList<TaskRow> tasks
    )
    {
        foreach (var item in fresh)
        {
            Seq = item.Seq + 1;
            goesBack |= !ProgressEstimates.GoesOn(item.Kind);
            if (Read(row, item) is { } told && !IsKnown(Seq))
                yield return told;
        }
        if (Seq < row.NextSeq)
            yield break;
        foreach (var task in tasks)
            if (Waiting(task) is { } told)
                yield return told;
        foreach (var told in InstanceStatus.IsTerminal(row.Status) ? End(row) : Status(row))
            yield return told;
    }

    /// <summary>The step that has just begun, where one has, on the way forward.</summary>
    public InstanceEvent.Step? Newest(IReadOnlyList<InstanceEvent> news) =>
        goesBack || IsOver ? null
        : news.OfType<InstanceEvent.Step>()
            .LastOrDefault(s => s.Number == steps && s is { NextTry: null, State.EndedAt: null })
            is { } step
        && open.ContainsKey(step.State.Id)
            ? step
        : null;

    /// <summary>The instance continued as new: what was of its former history is over.</summary>
    public void BeginAnew(int next)
    {
        (generation, Seq, steps) = (next, 0, 0);
        goesBack = false;
        open.Clear();
        tries.Clear();
    }

    /// <summary>True when the row is of another generation than the one that is being told.</summary>
    public bool IsBehind(InstanceRow row) => row.Generation != generation;

    private ResumeId Here => new(generation, Seq, instance);

    private bool IsKnown(int seq) => after is { } known && known.Generation == generation && seq <= known.Seq;

    private InstanceEvent? Read(InstanceRow row, HistoryRow item)
    {
        switch (item.Event.Kind)
        {
            case HistoryKind.ExecutionStarted:
                return new InstanceEvent.Begun(Here, row.Name, row.Resource, row.RequestId, row.CreatedAt);
            case HistoryKind.TaskScheduled:
                var host = OrchestrationState.HostOf(item.Event);
                var state = new StepState(item.TaskId, item.Name!, 1, item.At, null, null, null) { Host = host };
                open[item.TaskId] = (++steps, state);
                return new InstanceEvent.Step(Here, steps, state, null, IsOver: false);
            case HistoryKind.TaskCompleted or HistoryKind.TaskFailed when open.Remove(item.TaskId, out var step):
                tries.Remove(item.TaskId);
                return new InstanceEvent.Step(Here, step.Number, Ended(step.State, item), null, IsOver: false);
            default:
                return null;
        }
    }

    private StepState Ended(StepState step, HistoryRow item) =>
        step with
        {
            Attempt = int.Parse(item.Name!),
            EndedAt = item.At,
            Fault = item.Event.Kind == HistoryKind.TaskFailed ? json.Read<FaultDetails>(item.Data!) : null,
        };

    private InstanceEvent.Step? Waiting(TaskRow task)
    {
        if (task.Fault is null || !open.TryGetValue(task.TaskId, out var step))
            return null;
        if (tries.TryGetValue(task.TaskId, out var known) && known >= task.Attempt)
            return null;
        tries[task.TaskId] = task.Attempt;
        var state = step.State with { Attempt = task.Attempt, Fault = json.Read<FaultDetails>(task.Fault) };
        return new(Here, step.Number, state, task.DueAt, IsOver: false);
    }

    private IEnumerable<InstanceEvent> Status(InstanceRow row)
    {
        var now = row is { Status: not InstanceStatus.Suspended, CustomStatus: null }
            ? ""
            : $"{row.Status}\n{row.CustomStatus}\n{row.Blocked}";
        if (now != shown)
            yield return new InstanceEvent.Status(Here, OrchestrationState.From(row, [], [], json));
        shown = now;
    }

    private IEnumerable<InstanceEvent> End(InstanceRow row)
    {
        IsOver = true;
        if (IsKnown(Seq + 1))
            yield break;
        foreach (var (number, state) in open.Values.OrderBy(o => o.Number))
            yield return new InstanceEvent.Step(Here, number, state, null, IsOver: true);
        // Beyond all of the history: who knows this id knows the end.
        yield return new InstanceEvent.Ended(Here with { Seq = Seq + 1 }, OrchestrationState.From(row, [], [], json));
    }
}
