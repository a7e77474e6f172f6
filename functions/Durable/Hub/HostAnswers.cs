using Pipeline.Contracts;
using Pipeline.Contracts.Hosts;
using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>Ends tasks: with a result, with a fault, or by putting them off to their next try.</summary>
internal sealed class HostAnswers(Database db, EngineParts parts)
{
    /// <exception cref="Fault">BadRequest when the answer names no step.</exception>
    public async Task AcceptAsync(HostId host, HostAnswer answer)
    {
        if (!TaskKey.TryParse(answer.ActivityId, out var key))
            throw Fault.BadRequest($"'{answer.ActivityId}' is no activity id");
        await parts.Probe(EnginePoint.BeforeAnswer, key.InstanceId, answer.ActivityId);
        await db.WriteAsync(async tx =>
        {
            var task = await tx.FindTaskAsync(key);
            if (task is null || task.Host != host.ToString() || task.Attempt != answer.Attempt)
                return;
            if (answer.Fault is { } fault)
                await FailAsync(tx, task, fault);
            else if (await tx.TakeTaskAsync(key, evenCancelled: true) is { } taken)
                await CompleteAsync(tx, taken, answer.Result ?? "{}");
        });
        await parts.Probe(EnginePoint.AfterAnswer, key.InstanceId, answer.ActivityId);
    }

    /// <param name="taken">A task whose row the same transaction took away, so that nobody else completes it.</param>
    public async ValueTask CompleteAsync(Tx tx, TaskRow taken, string result)
    {
        await tx.AddInboxAsync(taken.Key, HistoryKind.TaskCompleted, $"{taken.Attempt}", result, tx.Now);
        tx.OnCommitted(() => parts.Wake(taken.InstanceId));
    }

    /// <summary>Plans the next try, or ends the task with its fault when there is none (or nobody wants it any more).</summary>
    public async ValueTask FailAsync(Tx tx, TaskRow task, FaultDetails fault)
    {
        var wait = task.Cancelled ? null : parts.Json.Read<RetryPolicy>(task.Retry).After(task.Attempt, fault);
        var due = tx.Now + (wait ?? TimeSpan.Zero);
        if (wait is not null && (task.DeadlineAt is null || due < task.DeadlineAt))
        {
            await tx.TryAgainAsync(task, due, parts.Json.Write(fault));
            tx.OnCommitted(() => parts.WakeAt(due));
            return;
        }
        if (await tx.TakeTaskAsync(task.Key, evenCancelled: true) is null)
            return;
        await tx.AddInboxAsync(task.Key, HistoryKind.TaskFailed, $"{task.Attempt}", parts.Json.Write(fault), tx.Now);
        tx.OnCommitted(() => parts.Wake(task.InstanceId));
    }
}
