using Microsoft.Extensions.Logging;
using Pipeline.Contracts;
using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>Does, repeats, sends or gives up one task that is due.</summary>
internal sealed class TaskRunner(Database db, EngineParts parts, ILogger<TaskRunner> logger)
{
    /// <summary>An order that its host has not answered is sent again; the host's journal makes that harmless.</summary>
    internal static readonly TimeSpan ResendAfter = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan CancelAgainAfter = TimeSpan.FromSeconds(5);

    public async Task RunAsync(TaskKey key, CancellationToken ct)
    {
        var task = await db.ReadAsync(tx => tx.FindTaskAsync(key));
        if (task is null)
            return;
        if (task.Kind == TaskRow.OnHost)
            await db.WriteAsync(tx => SendAsync(tx, key));
        else if (task.Cancelled)
            await EndAsync(key, new FaultDetails(FaultCode.Cancelled, $"{task.Name} was cancelled"));
        else
            await DoAsync(task, ct);
    }

    private async Task DoAsync(TaskRow task, CancellationToken ct)
    {
        try
        {
            await parts.Probe(EnginePoint.BeforeStep, task.InstanceId, task.Name);
            var handler = parts.Registry.Handler(task.Name);
            var prepared = await handler.PrepareAsync(task.Input);
            if (task.Kind == TaskRow.Transactional)
                await db.WriteAsync(tx => CompleteAsync(tx, task.Key, () => handler.RunAsync(tx, prepared)));
            else
            {
                var result = await handler.RunLocalAsync(prepared, ct);
                await db.WriteAsync(tx => CompleteAsync(tx, task.Key, () => new(result)));
            }
            await parts.Probe(EnginePoint.AfterStep, task.InstanceId, task.Name);
        }
        catch (Fault fault)
        {
            await EndAsync(task.Key, fault.Details);
        }
        catch (Exception e) when (e is not ProcessDiedException && !ct.IsCancellationRequested)
        {
            logger.LogError(e, "step {Step} of {Instance} broke", task.Name, task.InstanceId);
            await EndAsync(task.Key, new FaultDetails(FaultCode.Internal, $"{task.Name} failed in the control plane"));
        }
    }

    private async ValueTask CompleteAsync(Tx tx, TaskKey key, Func<ValueTask<string>> result)
    {
        if (await tx.FindTaskAsync(key) is { } task)
            await parts.Answers.CompleteAsync(tx, task, await result());
    }

    private Task EndAsync(TaskKey key, FaultDetails fault) =>
        db.WriteAsync(async tx =>
        {
            if (await tx.FindTaskAsync(key) is { } task)
                await parts.Answers.FailAsync(tx, task, fault);
        });

    /// <summary>Sends a host's order, again after a while without an answer, until its deadline.</summary>
    private async ValueTask SendAsync(Tx tx, TaskKey key)
    {
        if (await tx.FindTaskAsync(key) is not { } task || task.DueAt > tx.Now)
            return;
        var host = HostOf(task);
        if (task.DeadlineAt <= tx.Now)
        {
            var late = new FaultDetails(FaultCode.Timeout, $"the host did not answer {task.Name} in time");
            await parts.Answers.FailAsync(tx, task, late);
            return;
        }
        if (task.Cancelled)
        {
            await tx.PutOffAsync(key, task.Attempt, tx.Now + CancelAgainAfter, null);
            tx.OnCommitted(() => parts.HostTaskCancelled(host, key.ToString()));
            return;
        }
        var again = tx.Now + ResendAfter;
        await tx.PutOffAsync(key, task.Attempt, task.DeadlineAt < again ? task.DeadlineAt.Value : again, null);
        await tx.EnqueueAsync($"host-{host}", parts.Json.Write(Order(task, host, tx.Now)), task.TraceParent);
        tx.OnCommitted(parts.OutboxFilled);
    }

    private static HostId HostOf(TaskRow task) =>
        HostId.TryParse(task.Host, out var host)
            ? host
            : throw new InvalidOperationException($"task {task.Key} has no host");

    /// <summary>An undo has no deadline; its message still has an end, and a later one follows.</summary>
    private static HostOrder Order(TaskRow task, HostId host, DateTimeOffset now) =>
        new(
            host,
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
