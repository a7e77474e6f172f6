using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Pipeline.Contracts;
using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>Does, repeats, sends or gives up one task that is due.</summary>
internal sealed class TaskRunner(
    Database db,
    EngineParts parts,
    StepFaults faults,
    Poison poison,
    ILogger<TaskRunner> logger
)
{
    /// <summary>An order that its host has not answered is sent again; the host's journal makes that harmless.</summary>
    internal static readonly TimeSpan ResendAfter = TimeSpan.FromSeconds(60);
    internal static readonly TimeSpan ResendAtMost = TimeSpan.FromHours(1);
    private static readonly TimeSpan CancelAgainAfter = TimeSpan.FromSeconds(5);

    /// <summary>A step without a handler waits for a program that has one; that costs no try.</summary>
    internal static readonly TimeSpan UnknownAgainAfter = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<TaskKey, CancellationTokenSource> running = new();

    public async Task RunAsync(TaskKey key, CancellationToken stopping)
    {
        // Known to Stop before the row is read: a cancel either shows in the row or finds the token.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        running[key] = stop;
        try
        {
            if (parts.Owner is not { } owner)
                return;
            var (task, input) = await db.ReadAsync(tx => FindAsync(tx, key, owner));
            if (task is not null)
                await TryAsync(task, input, stop.Token, stopping);
        }
        finally
        {
            running.TryRemove(key, out _);
        }
    }

    /// <summary>A task that runs here is told that nobody wants it any more.</summary>
    public void Stop(TaskKey key)
    {
        if (running.TryGetValue(key, out var stop))
            stop.Cancel();
    }

    public void StopAll(string instance, int generation)
    {
        foreach (var (key, _) in running.Where(r => r.Key.InstanceId == instance && r.Key.Generation <= generation))
            Stop(key);
    }

    /// <summary>The task that is due, and its input itself where it is done here.</summary>
    private static async ValueTask<(TaskRow?, string)> FindAsync(Tx tx, TaskKey key, string owner) =>
        await tx.FindDueTaskAsync(key, owner) is not { } task ? (null, "")
        : task.Kind == TaskRow.OnHost ? (task, "")
        : (task, await tx.TextAsync(key.InstanceId, task.Input));

    private async Task TryAsync(TaskRow task, string input, CancellationToken stop, CancellationToken stopping)
    {
        var span = EngineSpans.Step(task);
        try
        {
            if (task.Cancelled && task.Sends == 0)
                await EndAsync(task, Cancelled(task), span);
            else if (task.Kind == TaskRow.OnHost)
                await OrderAsync(task, span);
            else
                await DoAsync(task, input, span, stop);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Found again at the next start, or by whoever has the lease now.
            await poison.LivedAsync(task);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await EndAsync(task, Cancelled(task), span);
        }
        catch (Exception e) when (e is not ProcessDiedException)
        {
            await EndAsync(task, faults.Describe(task, e), span);
        }
    }

    private async Task DoAsync(TaskRow task, string input, Activity? span, CancellationToken stop)
    {
        if (parts.Registry.FindHandler(task.Name) is not { } handler)
        {
            logger.LogWarning("no handler for the step {Step} of {Instance} is loaded", task.Name, task.InstanceId);
            await db.WriteAsync(async tx =>
            {
                await tx.PutOffAsync(task.Key, 0, tx.Now + UnknownAgainAfter);
                EngineSpans.EmitWith(tx, span, "no handler is loaded");
            });
            return;
        }
        if (await poison.BeginAsync(task) is not { } begun)
            return;
        using (begun)
            await DoAsync(task, input, handler, span, stop);
    }

    private async Task DoAsync(
        TaskRow task,
        string input,
        ActivityHandler handler,
        Activity? span,
        CancellationToken stop
    )
    {
        await parts.Probe(EnginePoint.BeforeStep, task.InstanceId, task.Name);
        var prepared = await handler.PrepareAsync(input);
        if (handler.Kind == TaskRow.Transactional)
            await db.WriteAsync(async tx =>
            {
                if (await tx.TakeTaskAsync(task.Key, evenCancelled: false) is { } taken)
                    await parts.Answers.CompleteAsync(tx, taken, await handler.RunAsync(tx, prepared));
                EngineSpans.EmitWith(tx, span);
            });
        else
        {
            var result = await handler.RunLocalAsync(prepared, stop);
            await db.WriteAsync(async tx =>
            {
                if (await tx.TakeTaskAsync(task.Key, evenCancelled: true) is { } taken)
                    await parts.Answers.CompleteAsync(tx, taken, result);
                EngineSpans.EmitWith(tx, span);
            });
        }
        await parts.Probe(EnginePoint.AfterStep, task.InstanceId, task.Name);
    }

    private async Task OrderAsync(TaskRow task, Activity? span)
    {
        if (!task.Cancelled)
            await parts.Probe(EnginePoint.BeforeStep, task.InstanceId, task.Name);
        if (parts.Owner is { } owner)
            await db.WriteAsync(tx => SendAsync(tx, task.Key, owner, span));
        if (!task.Cancelled)
            await parts.Probe(EnginePoint.AfterStep, task.InstanceId, task.Name);
    }

    /// <summary>Another functions host may have gone on to a later try.</summary>
    private Task EndAsync(TaskRow tried, FaultDetails fault, Activity? span) =>
        db.WriteAsync(async tx =>
        {
            if (await tx.FindTaskAsync(tried.Key) is { } task && task.Attempt == tried.Attempt)
                await parts.Answers.FailAsync(tx, task, fault);
            EngineSpans.EmitWith(tx, span, fault.Message);
        });

    /// <summary>Sends a host's order, again after a while without an answer, until its deadline.</summary>
    private async ValueTask SendAsync(Tx tx, TaskKey key, string owner, Activity? span)
    {
        EngineSpans.EmitWith(tx, span);
        if (await tx.HoldDueTaskAsync(key, owner) is not { } task)
            return;
        if (task.Cancelled)
        {
            await AskToStopAsync(tx, task);
            return;
        }
        if (task.DeadlineAt <= tx.Now)
        {
            var late = new FaultDetails(FaultCode.Timeout, $"the host did not answer {task.Name} in time");
            await parts.Answers.FailAsync(tx, task, late);
            span?.SetStatus(ActivityStatusCode.Error, late.Message);
            parts.StopAfterCommit(tx, task);
            return;
        }
        var again = tx.Now + Resend(task.Sends);
        var due = task.DeadlineAt < again ? task.DeadlineAt.Value : again;
        // What is sent again belongs to the span of the first sending.
        await tx.PutOffAsync(key, task.Sends + 1, due, span?.Id);
        var trace = span?.Id ?? task.TraceParent;
        var order = Order(task, tx.Now) with { Input = await tx.TextAsync(key.InstanceId, task.Input) };
        await tx.EnqueueAsync($"host-{task.Host}", parts.Json.Write(order), trace, owner);
        tx.OnCommitted(parts.OutboxFilled);
        tx.OnCommitted(() => parts.WakeAt(due));
    }

    /// <summary>Asks the host that has the order to stop, again after a while; an order that never left ends at once.</summary>
    private async ValueTask AskToStopAsync(Tx tx, TaskRow task)
    {
        if (task.Sends == 0)
        {
            await parts.Answers.FailAsync(tx, task, Cancelled(task));
            return;
        }
        var again = tx.Now + CancelAgainAfter;
        await tx.PutOffAsync(task.Key, task.Sends, again);
        parts.StopAfterCommit(tx, task);
        tx.OnCommitted(() => parts.WakeAt(again));
    }

    /// <summary>Ever more seldom: a host that is down for a day finds a handful of copies, not a thousand.</summary>
    private static TimeSpan Resend(int sends)
    {
        var wait = ResendAfter * Math.Pow(2, Math.Min(sends, 10));
        return wait < ResendAtMost ? wait : ResendAtMost;
    }

    private static FaultDetails Cancelled(TaskRow task) => new(FaultCode.Cancelled, $"{task.Name} was cancelled");

    /// <summary>An undo has no deadline; its message still has an end, and a later one follows.</summary>
    private static HostOrder Order(TaskRow task, DateTimeOffset now) =>
        new(
            task.HostId,
            task.Key.ToString(),
            task.Resource!,
            task.Epoch,
            task.Attempt,
            task.Name,
            task.Input,
            task.DeadlineAt ?? now + TimeSpan.FromDays(7),
            [.. (task.Secrets ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Secret)]
        );

    private static SecretId Secret(string text) =>
        SecretId.TryParse(text, out var id) ? id : throw new InvalidOperationException("a task names no secret id");
}
