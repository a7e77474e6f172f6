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

    /// <exception cref="Fault">What the step failed with, after its last try.</exception>
    public Task<TResult> CallActivityAsync<TResult>(IActivity<TResult> step, TaskOptions? options = null) =>
        Schedule(step, options).Result;

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

    public void SetCustomStatus<T>(T status) => episode.CustomStatus = Json.Write(status);

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
        var input = Json.WriteAs(step);
        var action = episode.Emit(
            HistoryKind.TaskScheduled,
            name,
            input,
            name + input,
            new ScheduledStep(step, options ?? TaskOptions.Default)
        );
        return (action, ResultAsync<TResult>(action));
    }

    internal PendingAction ScheduleTimer(DateTimeOffset fireAt)
    {
        var due = Json.Write(fireAt);
        return episode.Emit(HistoryKind.TimerCreated, null, due, due, null);
    }

    internal void CancelTimer(PendingAction timer) => episode.CancelTimer(timer);

    internal void CancelTask(PendingAction action) => episode.CancelTask(action);

    internal void RaiseEpoch() => episode.RaiseEpoch();

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
