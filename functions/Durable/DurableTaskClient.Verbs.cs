using Pipeline.Contracts;
using Pipeline.Data;
using Pipeline.Durable.Hub;

namespace Pipeline.Durable;

/// <summary>What an operator can do to an instance.</summary>
public sealed partial class DurableTaskClient
{
    /// <summary>
    /// Ends an orchestration at once and undoes nothing: also one whose code is gone, that is blocked or suspended, or whose
    /// functions host is dead. Open steps are dropped and their hosts told; its resource is the next one's.
    /// </summary>
    /// <param name="reason">Shown as its fault.</param>
    /// <param name="recursive">True ends those it called likewise; else they are cancelled, and undo what they did.</param>
    /// <returns>False when there is none of this id that runs: the first end counts.</returns>
    public async ValueTask<bool> TerminateInstanceAsync(Tx tx, string instanceId, string reason, bool recursive = false)
    {
        var fault = parts.Json.Write(new FaultDetails(FaultCode.Cancelled, reason));
        if (await tx.TerminateAsync(instanceId, fault) is not { } ended)
            return false;
        Note(tx, ended, HistoryKind.ExecutionTerminated, fault);
        if (recursive)
            foreach (var child in await tx.ListDependentsAsync(ended.Id))
                await TerminateInstanceAsync(tx, child.Id, reason, recursive);
        if (ended.Resource is { } resource)
            await tx.LeaveLineAsync(resource, ended.Id);
        tx.ForgetDeadLetter(DeadLetterKind.Turn, ended.Id);
        await parts.EndAsync(tx, ended, new(ended.NextSeq, ended.Status, null, fault, null, null));
        TellOwner(tx, ended);
        return true;
    }

    /// <summary>
    /// Lets an orchestration take no new action until it is resumed. Its scheduled steps go on, their retries included, and what
    /// comes for it waits: results, timers, events, a cancel, and its deadline, whose clock goes on.
    /// </summary>
    /// <returns>False when there is none of this id that runs; one that is suspended already stays so.</returns>
    public async ValueTask<bool> SuspendInstanceAsync(Tx tx, string instanceId, string reason)
    {
        if (await tx.SuspendAsync(instanceId, reason) is not { } row)
            return await RunsAsync(tx, instanceId);
        Note(tx, row, HistoryKind.ExecutionSuspended, reason);
        return true;
    }

    /// <summary>Lets a suspended orchestration go on, with all that came for it meanwhile.</summary>
    /// <returns>False when there is none of this id that runs; one that nobody suspended goes on as before.</returns>
    public async ValueTask<bool> ResumeInstanceAsync(Tx tx, string instanceId, string reason)
    {
        if (await tx.ResumeAsync(instanceId) is not { } row)
            return await RunsAsync(tx, instanceId);
        if (await tx.FindLastAsync(row, HistoryKind.ExecutionSuspended) is { } suspended)
            WaitSpans.EmitSuspendedWith(tx, row, suspended.At, suspended.Data!);
        Note(tx, row, HistoryKind.ExecutionResumed, reason);
        tx.OnCommitted(() => parts.Wake(instanceId));
        return true;
    }

    /// <summary>The verb stands in the history of what it was done to.</summary>
    private void Note(Tx tx, InstanceRow row, HistoryKind kind, string data)
    {
        tx.OnCommitted(() => parts.Followers.Moved(row.Id, row.Resource));
        tx.AddHistory(row, row.NextSeq - 1, [new(kind, -1, null, data, null, tx.Now)]);
    }

    private static async ValueTask<bool> RunsAsync(Tx tx, string instanceId) =>
        await tx.FindInstanceAsync(instanceId) is { } row && !InstanceStatus.IsTerminal(row.Status);

    /// <summary>The functions host that runs the instance stops what of it is under way there.</summary>
    private void TellOwner(Tx tx, InstanceRow row)
    {
        if (row.Owner.Length > 0 && row.Owner != parts.Owner)
            tx.OnCommitted(() => db.Notify(Hints.Turn(row.Owner, row.Id)));
    }
}
