using Pipeline.Contracts;
using Pipeline.Contracts.Hosts;
using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>Ends tasks: with a result, with a fault, or by putting them off to their next try.</summary>
internal sealed class HostAnswers(Database db, EngineParts parts)
{
    public Task AcceptAsync(HostId host, HostAnswer answer)
    {
        if (!TaskKey.TryParse(answer.ActivityId, out var key))
            throw Fault.BadRequest($"'{answer.ActivityId}' is no activity id");
        return db.WriteAsync(async tx =>
        {
            var task = await tx.FindTaskAsync(key);
            if (task is null || task.Host != host.ToString() || task.Attempt != answer.Attempt)
                return;
            if (answer.Fault is { } fault)
                await FailAsync(tx, task, fault);
            else
                await CompleteAsync(tx, task, answer.Result ?? "{}");
        });
    }

    public async ValueTask CompleteAsync(Tx tx, TaskRow task, string result)
    {
        await tx.DeleteTaskAsync(task.Key);
        await tx.AddInboxAsync(task.Key, HistoryKind.TaskCompleted, $"{task.Attempt}", result, tx.Now);
        tx.OnCommitted(() => parts.Wake(task.InstanceId));
    }

    /// <summary>Plans the next try, or ends the task with its fault when there is none (or nobody wants it any more).</summary>
    public async ValueTask FailAsync(Tx tx, TaskRow task, FaultDetails fault)
    {
        var wait = task.Cancelled ? null : parts.Json.Read<RetryPolicy>(task.Retry).After(task.Attempt, fault);
        var due = tx.Now + (wait ?? TimeSpan.Zero);
        if (wait is not null && (task.DeadlineAt is null || due < task.DeadlineAt))
        {
            await tx.PutOffAsync(task.Key, task.Attempt + 1, due, parts.Json.Write(fault));
            tx.OnCommitted(() => parts.WakeAt(due));
            return;
        }
        await tx.DeleteTaskAsync(task.Key);
        await tx.AddInboxAsync(task.Key, HistoryKind.TaskFailed, $"{task.Attempt}", parts.Json.Write(fault), tx.Now);
        tx.OnCommitted(() => parts.Wake(task.InstanceId));
    }
}
