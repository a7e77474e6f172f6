using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Pipeline.Contracts;
using Pipeline.Durable.Replay;

namespace Pipeline.Durable;

/// <summary>The only door of an orchestrator: time, ids, steps, timers and events, all from history.</summary>
public sealed class TaskOrchestrationContext
{
    private readonly Episode episode;
    private readonly ILogger logger;
    private int ids;

    internal TaskOrchestrationContext(Episode episode, DurableJson json, ILogger logger)
    {
        this.episode = episode;
        this.logger = logger;
        Json = json;
    }

    public string InstanceId => episode.Instance.Id;

    /// <summary>The time at which the present episode began, the same in every replay.</summary>
    public DateTimeOffset CurrentUtcDateTime => episode.Now;

    public bool IsReplaying => episode.IsReplaying;

    internal DurableJson Json { get; }

    /// <summary>Completes when the run is cancelled or its deadline has passed.</summary>
    internal Task<FaultDetails> Interrupted => episode.Interrupted;

    /// <summary>An id that is the same in every replay: named after the instance and a counter (RFC 9562, version 8).</summary>
    public Guid NewGuid()
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{InstanceId}/{episode.IdGeneration}/{ids++}"));
        hash[6] = (byte)((hash[6] & 0x0f) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }

    /// <param name="ct">
    /// Asks for the step to stop, wherever it runs. What it answers then is the result: a fault of code Cancelled, or what
    /// it had done by then.
    /// </param>
    /// <exception cref="Fault">What the step failed with, after its last try.</exception>
    public Task<TResult> CallActivityAsync<TResult>(
        IActivity<TResult> step,
        TaskOptions? options = null,
        CancellationToken ct = default
    ) => Until(step, () => Schedule(step, options), ct);

    /// <summary>
    /// Runs another orchestration and awaits its end. It begins in the commit of this turn, with this one's project, request
    /// and tags; named like this one's resource, it works under this one's lock, one such at a time. A cancel asks it to
    /// stop, and what it then ends with is the result. When this one ends or continues as new, it is cancelled, unless it
    /// was started detached.
    /// </summary>
    /// <exception cref="Fault">What it ended with; Conflict when its id or its resource is taken.</exception>
    public Task<TResult> CallSubOrchestratorAsync<TResult>(
        IOrchestration<TResult> order,
        SubOrchestrationOptions? options = null,
        CancellationToken ct = default
    ) => Until(order, () => Schedule(order, options), ct);

    /// <summary>
    /// Holds these names until the lock is disposed, or this run ends or continues as new. Whoever asked first gets them
    /// first; all of a call are granted together, so that no circle of waits can come to be. A name is any text, and has
    /// nothing to do with resources.
    /// </summary>
    /// <exception cref="Fault">Conflict while this run holds, or waits for, another lock.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public async Task<OrchestrationLock> LockAsync(IEnumerable<string> names, CancellationToken ct = default)
    {
        ct.ThrowIfCancellationRequested();
        var sorted = names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (sorted.Count == 0)
            throw new ArgumentException("a lock has a name", nameof(names));
        var asked = episode.RequestLock(sorted);
        // Granted is granted: the token ends the wait alone.
        await using var giveUp = ct.Register(() =>
        {
            if (asked.IsOpen)
                episode.Release(asked);
        });
        await asked.Completion;
        return new(episode, asked, sorted);
    }

    public Task<OrchestrationLock> LockAsync(params string[] names) => LockAsync(names, CancellationToken.None);

    public Task CreateTimer(TimeSpan delay, CancellationToken ct = default) =>
        CreateTimer(CurrentUtcDateTime + delay, ct);

    /// <summary>Completes at or after <paramref name="fireAt"/>; cancelling deletes the durable timer.</summary>
    public Task CreateTimer(DateTimeOffset fireAt, CancellationToken ct = default)
    {
        var timer = ScheduleTimer(fireAt);
        if (ct.CanBeCanceled)
            ct.Register(() => episode.CancelTimer(timer));
        return timer.Completion;
    }

    /// <summary>
    /// The next event of this name; one that came before it was asked for waits in the mailbox. A wait that was given up
    /// (lost a race to a timer) must be cancelled, or it takes the next event.
    /// </summary>
    public async Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken ct = default) =>
        Json.Read<T>(await episode.WaitForEvent(eventName, ct));

    /// <summary>
    /// When this run returns, the instance begins anew with this input, under its id, on the newest version of its code:
    /// its history and what it still waited for go, events nobody took, its resource and its tags stay, its deadline is
    /// counted anew. What the run returns is not looked at; a fault ends the instance all the same.
    /// </summary>
    /// <exception cref="ArgumentException">The input is another orchestration's.</exception>
    public void ContinueAsNew<TResult>(IOrchestration<TResult> input)
    {
        if (input.GetType().Name != episode.Instance.Name)
            throw new ArgumentException(
                $"{input.GetType().Name} is no input of {episode.Instance.Name}",
                nameof(input)
            );
        episode.ContinueAsNew(Fitting(input, episode.Instance.Name));
    }

    /// <summary>
    /// Whether this run takes the changed way of the patch: true where it comes here first on code that has the patch, and
    /// in every replay of such a run; false where it passed here before. Remove the old way, and then the question, when no
    /// run without it is left.
    /// </summary>
    public bool IsPatched(string patchId) => episode.IsPatched(patchId);

    /// <exception cref="Fault">TooLarge.</exception>
    public void SetCustomStatus<T>(T status)
    {
        var json = Json.Write(status);
        Payload.AssertFits(json, $"the custom status of {episode.Instance.Name}");
        episode.CustomStatus = json;
    }

    /// <summary>Writes nothing during replay.</summary>
    public ILogger CreateReplaySafeLogger() => new ReplaySafeLogger(this, logger);

    /// <summary>A bug's own message is for the log alone; the fault is what a tenant may read.</summary>
    internal FaultDetails DetailsOf(Exception cause)
    {
        if (cause is Fault known)
            return known.Details;
        CreateReplaySafeLogger().LogError(cause, "orchestration {Instance} broke", InstanceId);
        return new(FaultCode.Internal, $"{episode.Instance.Name} failed in the control plane");
    }

    internal (PendingAction Action, Task<TResult> Result) Schedule<TResult>(
        IActivity<TResult> step,
        TaskOptions? options
    )
    {
        var name = step.GetType().Name;
        var input = Fitting(step, name);
        var action = episode.Emit(
            HistoryKind.TaskScheduled,
            name,
            input,
            name + input,
            new ScheduledStep(step, options ?? TaskOptions.Default)
        );
        return (action, ResultAsync<TResult>(action));
    }

    internal (PendingAction Action, Task<TResult> Result) Schedule<TResult>(
        IOrchestration<TResult> order,
        SubOrchestrationOptions? options
    )
    {
        options ??= SubOrchestrationOptions.Default;
        if (options.InstanceId is { } id && id.Contains('/'))
            throw new ArgumentException("an instance id has no slash", nameof(options));
        var name = order.GetType().Name;
        var input = Fitting(order, name);
        var action = episode.Emit(
            HistoryKind.SubOrchestrationInstanceCreated,
            name,
            input,
            $"{name}{input}/{options.InstanceId}/{options.Detached}",
            new ScheduledChild(order, order.Resource, options)
        );
        return (action, ResultAsync<TResult>(action));
    }

    internal PendingAction ScheduleTimer(DateTimeOffset fireAt)
    {
        var due = Json.Write(fireAt);
        return episode.Emit(HistoryKind.TimerCreated, null, due, due, null);
    }

    internal void CancelTimer(PendingAction timer) => episode.CancelTimer(timer);

    internal void Cancel(PendingAction called) => episode.Cancel(called);

    internal void RaiseEpoch() => episode.RaiseEpoch();

    /// <summary>A call that a token can cancel; one that was cancelled before is not made.</summary>
    private Task<TResult> Until<TResult>(
        object called,
        Func<(PendingAction Action, Task<TResult> Result)> call,
        CancellationToken ct
    )
    {
        if (ct.IsCancellationRequested)
            return Task.FromException<TResult>(
                new Fault(FaultCode.Cancelled, $"{called.GetType().Name} was cancelled before it began")
            );
        var (action, result) = call();
        if (ct.CanBeCanceled)
            ct.Register(() => episode.Cancel(action));
        return result;
    }

    /// <summary>Every replay refuses what is too large at the same place.</summary>
    private string Fitting(object input, string name)
    {
        var json = Json.WriteAs(input);
        Payload.AssertFits(json, $"the input of {name}");
        return json;
    }

    private async Task<TResult> ResultAsync<TResult>(PendingAction action) =>
        Json.Read<TResult>(await action.Completion);

    private sealed class ReplaySafeLogger(TaskOrchestrationContext context, ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => !context.IsReplaying && inner.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (!context.IsReplaying)
                inner.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
