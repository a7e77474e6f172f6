using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Pipeline.Contracts.Hosts;

namespace Pipeline.Agent.Steps;

/// <summary>
/// Decides about one step and always has an answer: from the journal, superseded by the fence, too late, cancelled,
/// or what the handler returned or threw. The engine alone retries.
/// </summary>
internal sealed class StepRunner(
    AgentIdentity identity,
    Journal journal,
    StepSet steps,
    TimeProvider time,
    ILogger<StepRunner> logger
)
{
    /// <summary>A step that was under way this often when its agent died is not tried again.</summary>
    internal const int MostDeaths = 5;
    private static readonly TimeSpan RememberAgainAfter = TimeSpan.FromSeconds(1);
    private static readonly ActivitySource Spans = new("Pipeline.Agent");
    private readonly ConcurrentDictionary<string, RunningStep> running = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> cancelled = new();

    /// <summary>A hint from the control plane. A step not begun yet is remembered, so that it is not begun at all.</summary>
    public void Cancel(string activityId)
    {
        foreach (var old in cancelled.Where(c => time.GetUtcNow() - c.Value > TimeSpan.FromHours(1)).Select(c => c.Key))
            cancelled.TryRemove(old, out _);
        cancelled[activityId] = time.GetUtcNow();
        if (running.TryGetValue(activityId, out var step))
            step.Cancel();
    }

    /// <summary>How far the steps are that say so; null when none does.</summary>
    public HostBeat? Beat()
    {
        StepProgress[] told = [.. running.Values.Select(step => step.Told).OfType<StepProgress>()];
        return told.Length > 0 ? new(told) : null;
    }

    /// <exception cref="OperationCanceledException">The agent stops; the message comes again to the next one.</exception>
    public async Task<HostAnswer> RunAsync(HostMessage message, CancellationToken stopping)
    {
        var query = steps.IsQuery(message.Name);
        if (!query && journal.Find(message.Line, message.ActivityId, message.Attempt) is { } known)
            return known;
        var span = SpanOf(message);
        var start = time.GetTimestamp();
        var answer = await AnswerAsync(message, query, stopping);
        answer = answer with { Seconds = time.GetElapsedTime(start).TotalSeconds };
        if (answer.Fault is { } fault)
            span?.SetStatus(ActivityStatusCode.Error, fault.Message);
        span?.Stop();
        if (!query)
            await RememberAsync(message, answer, stopping);
        return answer;
    }

    /// <summary>
    /// An answer is given when it is on disk: a copy of the message that comes later must not be done again, when what
    /// follows the step was done. One that called no driver is decided again alike, or overtaken by the next try.
    /// </summary>
    private async Task RememberAsync(HostMessage message, HostAnswer answer, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                journal.Remember(message.Line, answer);
                return;
            }
            catch (IOException e)
            {
                logger.LogError(e, "the answer to {Activity} could not be written to the journal", answer.ActivityId);
                if (!journal.IsBegun(message.Line, message.ActivityId, message.Attempt))
                    return;
            }
            await Task.Delay(RememberAgainAfter, time, stopping);
        }
    }

    /// <summary>Emitted with the answer: a step that dies with its agent is one span, of the agent that answers at last.</summary>
    private Activity? SpanOf(HostMessage message) =>
        ActivityContext.TryParse(message.TraceParent, null, isRemote: true, out var parent)
            ? Spans
                .StartActivity($"step {message.Name}", ActivityKind.Consumer, parent)
                ?.SetTag("pipeline.activity", message.ActivityId)
                .SetTag("pipeline.attempt", message.Attempt)
                .SetTag("pipeline.host", identity.Host.ToString())
                .SetTag("pipeline.resource", message.Resource)
            : null;

    /// <param name="query">It changes nothing, so it is neither fenced nor remembered: asked again it is looked up again.</param>
    private async Task<HostAnswer> AnswerAsync(HostMessage message, bool query, CancellationToken stopping)
    {
        if (message.Deadline <= time.GetUtcNow())
            return Refuse(message, FaultCode.Timeout, $"{message.Name} came after its deadline");
        if (cancelled.ContainsKey(message.ActivityId))
            return Refuse(message, FaultCode.Cancelled, $"{message.Name} was cancelled");
        if (!query && Enter(message) is { } refusal)
            return refusal;
        using var deadline = new CancellationTokenSource(Patience(message), time);
        using var step = new RunningStep(message);
        using var all = CancellationTokenSource.CreateLinkedTokenSource(stopping, deadline.Token, step.Cancelled);
        running[message.ActivityId] = step;
        try
        {
            var context = new StepContext(identity, message, step);
            var result = await steps.RunAsync(message.Name, message.Input, context, all.Token);
            return new(message.ActivityId, message.Attempt, result, null, 0);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            if (!query)
                journal.Interrupt(message.Line, message.ActivityId, message.Attempt);
            throw;
        }
        catch (OperationCanceledException)
        {
            return step.Cancelled.IsCancellationRequested
                ? Refuse(message, FaultCode.Cancelled, $"{message.Name} was cancelled")
                : Refuse(message, FaultCode.Timeout, $"{message.Name} did not end by its deadline");
        }
        catch (Fault fault)
        {
            return new(message.ActivityId, message.Attempt, null, fault.Details, 0);
        }
        catch (Exception e) when (e is not OperationCanceledException and not AgentDiedException)
        {
            logger.LogError(e, "step {Step} of {Activity} broke", message.Name, message.ActivityId);
            return Refuse(message, FaultCode.Internal, $"{message.Name} failed on the host: {e.GetType().Name}");
        }
        finally
        {
            running.TryRemove(message.ActivityId, out _);
        }
    }

    /// <summary>Null when a driver may be called: the fence is on disk and lets the step through.</summary>
    private HostAnswer? Enter(HostMessage message)
    {
        try
        {
            if (message.Milestone is { } milestone)
                journal.Heard(milestone);
            if (!journal.TryEnter(message.Line, message.Resource, message.Epoch))
                return Refuse(message, FaultCode.Superseded, $"{message.Name} was overtaken by a later operation");
            if (journal.IsOvertaken(message.Line, message.ActivityId, message.Attempt))
                return Refuse(message, FaultCode.Superseded, $"{message.Name} was overtaken by a later try");
            return journal.Begin(message.Line, message.ActivityId, message.Attempt) < MostDeaths
                ? null
                : Refuse(message, FaultCode.Internal, $"{message.Name} ended this host's agent {MostDeaths} times");
        }
        catch (IOException e)
        {
            logger.LogError(e, "the journal cannot be written");
            return Refuse(message, FaultCode.Unavailable, $"{message.Name}: the host's journal cannot be written");
        }
    }

    /// <summary>No timer is longer than a day; what takes longer is asked for again.</summary>
    private TimeSpan Patience(HostMessage message)
    {
        var left = message.Deadline - time.GetUtcNow();
        return left < TimeSpan.FromDays(1) ? left : TimeSpan.FromDays(1);
    }

    private static HostAnswer Refuse(HostMessage message, FaultCode code, string text) =>
        new(message.ActivityId, message.Attempt, null, new(code, text), 0);
}

/// <summary>Thrown by a fault plan at a fake driver: this agent is gone from here on and answers nothing.</summary>
public sealed class AgentDiedException() : Exception("the agent died here, as the fault plan has it");
