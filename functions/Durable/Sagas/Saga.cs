using Pipeline.Contracts;
using Pipeline.Durable.Replay;

namespace Pipeline.Durable;

/// <summary>The steps of one saga. A step's undo is registered when the step is scheduled: it may have happened.</summary>
public sealed class Saga
{
    /// <summary>How long a cancelled sibling may take to answer before its undo overtakes it; the fence stops it then.</summary>
    internal static readonly TimeSpan SiblingGrace = TimeSpan.FromSeconds(20);

    private readonly List<IActivity<Done>> undos = [];
    private readonly List<(PendingAction Action, Task Result)> started = [];
    private readonly TaskOrchestrationContext context;
    private Func<FaultDetails, IActivity<Done>>? mark;

    internal Saga(TaskOrchestrationContext context) => this.context = context;

    /// <summary>The step that shows the fault on the resource, before anything is undone; repeated until done.</summary>
    public void OnFault(Func<FaultDetails, IActivity<Done>> show) => mark = show;

    public Task<TResult> DoAsync<TResult>(IActivity<TResult> step, IActivity<Done> undo, RetryPolicy? retry = null) =>
        RunAsync(step, Given(undo), () => context.Schedule(step, Options(retry)));

    /// <summary>A step that says why it has no undo.</summary>
    public Task<TResult> DoAsync<TResult>(IActivity<TResult> step, Undo undo, RetryPolicy? retry = null)
    {
        Given(undo);
        return RunAsync(step, null, () => context.Schedule(step, Options(retry)));
    }

    /// <summary>A step that is an orchestration of its own. It ends before the undos begin, however long its own take.</summary>
    public Task<TResult> DoAsync<TResult>(
        IOrchestration<TResult> order,
        IActivity<Done> undo,
        SubOrchestrationOptions? options = null
    ) => RunAsync(order, Given(undo), () => context.Schedule(order, options));

    public Task<TResult> DoAsync<TResult>(
        IOrchestration<TResult> order,
        Undo undo,
        SubOrchestrationOptions? options = null
    )
    {
        Given(undo);
        return RunAsync(order, null, () => context.Schedule(order, options));
    }

    public async Task<(T1, T2)> WhenAllAsync<T1, T2>(Task<T1> first, Task<T2> second)
    {
        await AllAsync([first, second]);
        return (await first, await second);
    }

    public async Task<IReadOnlyList<T>> WhenAllAsync<T>(IEnumerable<Task<T>> steps)
    {
        var all = steps.ToList();
        await AllAsync(all);
        var results = new List<T>(all.Count);
        foreach (var step in all)
            results.Add(await step);
        return results;
    }

    /// <summary>As the context's; a cancel or the deadline ends the wait, and what was done is undone.</summary>
    public Task CreateTimer(TimeSpan delay, CancellationToken ct = default) =>
        UnlessInterruptedAsync(
            async over =>
            {
                await context.CreateTimer(delay, over);
                return Done.Instance;
            },
            ct
        );

    /// <summary>As the context's; a cancel or the deadline ends the wait, and what was done is undone.</summary>
    public Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken ct = default) =>
        UnlessInterruptedAsync(over => context.WaitForExternalEvent<T>(eventName, over), ct);

    /// <summary>
    /// Holds these names until the saga has ended, its undos included; once a saga. A cancel or the deadline ends the wait.
    /// </summary>
    public Task LockAsync(params string[] names) =>
        UnlessInterruptedAsync(over => context.LockAsync(names, over), CancellationToken.None);

    /// <summary>
    /// A host may have heard a cancel that this run knows nothing of, as when the database was restored to a point before it. Then the
    /// run has failed: who reads "cancelled" would take it that somebody else sees to the resource.
    /// </summary>
    internal FaultDetails Blame(FaultDetails fault)
    {
        var cancelled = context.Interrupted is { IsCompleted: true, Result.Code: FaultCode.Cancelled };
        return fault.Code == FaultCode.Cancelled && !cancelled ? fault with { Code = FaultCode.Superseded } : fault;
    }

    internal async Task UndoAsync(FaultDetails fault)
    {
        var open = started.Where(s => !s.Result.IsCompleted).ToList();
        foreach (var (action, _) in open.Where(o => o.Action.Child is not { Options.Detached: true }))
            context.Cancel(action);
        if (mark is not null)
            await context.CallActivityAsync(mark(fault), TaskOptions.UntilDone);
        await SiblingsAsync(open.FindAll(o => o.Action.Child is null).ConvertAll(o => o.Result));
        foreach (var (_, child) in open.FindAll(o => o.Action.Child is { Options.Detached: false }))
            await Task.WhenAny(child);
        context.RaiseEpoch();
        for (var i = undos.Count - 1; i >= 0; i--)
            await context.CallActivityAsync(undos[i], TaskOptions.UntilDone);
    }

    /// <summary>Runs a forward step; a cancel or the deadline ends the wait for it.</summary>
    private async Task<TResult> RunAsync<TResult>(
        object step,
        IActivity<Done>? undo,
        Func<(PendingAction Action, Task<TResult> Result)> begin
    )
    {
        await StopIfInterruptedAsync();
        if (undo is not null)
            undos.Add(undo);
        var (action, result) = begin();
        started.Add((action, result));
        if (await Task.WhenAny(result, context.Interrupted) == result)
            return await NamedAsync(result, step.GetType().Name);
        throw Fault.From(await context.Interrupted);
    }

    /// <summary>A step has an undo, or says why it has none; who forces a null on it finds out at once.</summary>
    private static T Given<T>(T? undo)
        where T : class => undo ?? throw new ArgumentNullException(nameof(undo));

    private static TaskOptions? Options(RetryPolicy? retry) => retry is null ? null : new(retry);

    /// <summary>The fault that a resource shows names the step that failed.</summary>
    private static async Task<TResult> NamedAsync<TResult>(Task<TResult> result, string step)
    {
        try
        {
            return await result;
        }
        catch (Fault fault)
        {
            throw new Fault(fault.Code, $"{fault.Message} (step {step})", fault.Type, fault);
        }
    }

    private async Task<T> UnlessInterruptedAsync<T>(Func<CancellationToken, Task<T>> begin, CancellationToken ct)
    {
        await StopIfInterruptedAsync();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var wait = begin(over.Token);
        if (await Task.WhenAny(wait, context.Interrupted) == wait)
            return await wait;
        over.Cancel();
        throw Fault.From(await context.Interrupted);
    }

    private async Task StopIfInterruptedAsync()
    {
        if (context.Interrupted.IsCompleted)
            throw Fault.From(await context.Interrupted);
    }

    /// <summary>Waits for all, or for the first that fails: the others are cancelled by the undo.</summary>
    private static async Task AllAsync(IReadOnlyList<Task> steps)
    {
        var open = new List<Task>(steps);
        while (open.Count > 0)
        {
            var ended = await Task.WhenAny(open);
            await ended;
            open.Remove(ended);
        }
    }

    private async Task SiblingsAsync(List<Task> open)
    {
        if (open.Count == 0)
            return;
        var grace = context.ScheduleTimer(context.CurrentUtcDateTime + SiblingGrace);
        while (open.Count > 0 && grace.IsOpen)
        {
            await Task.WhenAny([.. open, grace.Completion]);
            open.RemoveAll(t => t.IsCompleted);
        }
        context.CancelTimer(grace);
    }
}
