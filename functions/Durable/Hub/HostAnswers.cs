using Microsoft.Extensions.Logging;
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
            if (!await TakeAsync(tx, new(host, answer)))
                await DropAsync(tx, key, new(host, answer));
        });
        await parts.Probe(EnginePoint.AfterAnswer, key.InstanceId, answer.ActivityId);
    }

    /// <returns>False when no step waits for it from this host.</returns>
    public async ValueTask<bool> TakeAsync(Tx tx, DeadAnswer given)
    {
        var (host, answer) = given;
        if (
            !TaskKey.TryParse(answer.ActivityId, out var key)
            || await tx.FindTaskAsync(key) is not { } task
            || task.Host != host.ToString()
            || task.Attempt != answer.Attempt
        )
            return false;
        if ((answer.Fault ?? TooLarge(task, answer)) is { } fault)
            await FailAsync(tx, task, fault);
        else if (await tx.TakeTaskAsync(key, evenCancelled: true) is { } taken)
            await CompleteAsync(tx, taken, answer.Result ?? "{}");
        return true;
    }

    /// <summary>An answer that comes again, or too late, is dropped; one to an orchestration that nobody knows is kept.</summary>
    private async ValueTask DropAsync(Tx tx, TaskKey key, DeadAnswer given)
    {
        var instance = await tx.FindInstanceAsync(key.InstanceId);
        var reason =
            instance is null ? "unknown instance"
            : instance.Generation != key.Generation ? "other generation"
            : "nobody waits";
        tx.OnCommitted(() =>
        {
            EngineMetrics.Dropped(reason);
            parts.Logger.LogInformation("answer {Activity} was dropped: {Reason}", given.Answer.ActivityId, reason);
        });
        if (instance is not null)
            return;
        var fault = new FaultDetails(
            FaultCode.NotFound,
            $"host {given.Host} answered a step of an unknown orchestration"
        );
        await tx.BuryAsync(
            new()
            {
                Kind = DeadLetterKind.Answer,
                Subject = $"{given.Answer.ActivityId}/{given.Answer.Attempt}",
                InstanceId = key.InstanceId,
                Name = given.Answer.ActivityId,
                Body = parts.Json.Write(given),
                Fault = parts.Json.Write(fault),
            }
        );
        tx.OnCommitted(() => EngineMetrics.Buried(DeadLetterKind.Answer));
    }

    /// <param name="taken">A task whose row the same transaction took away, so that nobody else completes it.</param>
    /// <exception cref="Fault">TooLarge.</exception>
    public async ValueTask CompleteAsync(Tx tx, TaskRow taken, string result)
    {
        var payload = Payload.Of(result, $"the result of {taken.Name}");
        await tx.SavePayloadAsync(taken.InstanceId, taken.Generation, payload);
        tx.AddInbox(taken.Key, HistoryKind.TaskCompleted, $"{taken.Attempt}", payload.Text, tx.Now);
        tx.OnCommitted(() => parts.Wake(taken.InstanceId));
    }

    /// <summary>Such an answer is a failure: a host that was refused would only send it again.</summary>
    private static FaultDetails? TooLarge(TaskRow task, HostAnswer answer)
    {
        try
        {
            Payload.AssertFits(answer.Result ?? "", $"the result of {task.Name}");
            return null;
        }
        catch (Fault tooLarge)
        {
            return tooLarge.Details;
        }
    }

    /// <summary>Plans the next try, or ends the task with its fault when there is none (or nobody wants it any more).</summary>
    public async ValueTask FailAsync(Tx tx, TaskRow task, FaultDetails fault)
    {
        var wait = task.Cancelled ? null : parts.Json.Read<RetryPolicy>(task.Retry).After(task.Attempt, fault);
        var due = tx.Now + (wait ?? TimeSpan.Zero);
        if (wait is not null && (task.DeadlineAt is null || due < task.DeadlineAt))
        {
            await tx.TryAgainAsync(task, due, parts.Json.Write(fault));
            tx.OnCommitted(() =>
            {
                parts.WakeAt(due);
                parts.Followers.Moved(task.InstanceId, task.Resource);
            });
            return;
        }
        if (await tx.TakeTaskAsync(task.Key, evenCancelled: true) is null)
            return;
        tx.AddInbox(task.Key, HistoryKind.TaskFailed, $"{task.Attempt}", parts.Json.Write(fault), tx.Now);
        tx.OnCommitted(() => parts.Wake(task.InstanceId));
    }
}

/// <summary>A host's answer, with the host whose it is.</summary>
internal sealed record DeadAnswer(HostId Host, HostAnswer Answer);
