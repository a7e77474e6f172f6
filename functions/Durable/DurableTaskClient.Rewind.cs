using Pipeline.Contracts;
using Pipeline.Data;
using Pipeline.Durable.Hub;
using Pipeline.Durable.Replay;

namespace Pipeline.Durable;

/// <summary>Trying again from where it failed.</summary>
public sealed partial class DurableTaskClient
{
    /// <summary>
    /// Lets an orchestration that failed or was terminated go on as a new generation: what it has done stands, what failed or
    /// was open is done again, under a new deadline and fence. A saga that failed has undone itself, and begins anew.
    /// </summary>
    /// <exception cref="Fault">
    /// NotFound; Conflict when it runs, completed or was cancelled, or when another operation holds its resource;
    /// Unavailable when its code is not loaded.
    /// </exception>
    public ValueTask RewindInstanceAsync(Tx tx, string instanceId, string reason) =>
        RewindAsync(tx, instanceId, reason, withCaller: false);

    private async ValueTask RewindAsync(Tx tx, string instanceId, string reason, bool withCaller)
    {
        var ended =
            await tx.FindInstanceAsync(instanceId)
            ?? throw Fault.NotFound($"There is no orchestration '{instanceId}'.");
        if (ended.Status is not (InstanceStatus.Failed or InstanceStatus.Terminated))
            throw Fault.Conflict($"Orchestration '{instanceId}' is {ended.Status}; only a failed one can be rewound.");
        var orchestrator = parts.Registry.Newest(ended.Name);
        var epoch = 0L;
        if (ended.Resource is { } resource)
            epoch =
                withCaller && ended.SharesLock
                    ? (await tx.FindHeldAsync(resource))!.Epoch
                    : await tx.TryLockAsync(resource, ended.Id) ?? throw Operations.Busy(resource);
        var history = (await tx.ListHistoryAsync(ended, 0)).Select(h => h.Event).ToList();
        var plan = RewindPlan.Of(history, ended.Status, orchestrator.EndsItself);
        var origin = history is [{ Kind: HistoryKind.ExecutionRewound }, ..] ? 0 : 1;
        var anew =
            await tx.RewindAsync(
                ended,
                ended with
                {
                    Version = plan.Kept == 0 ? orchestrator.Version : ended.Version,
                    Status = plan.Kept == 0 ? InstanceStatus.Pending : InstanceStatus.Running,
                    Epoch = epoch - plan.Raises(history),
                    NextSeq = plan.Kept == 0 ? 0 : plan.Kept + origin,
                    DeadlineAt = tx.Now + orchestrator.Deadline,
                    Owner = parts.Owner ?? "",
                }
            ) ?? throw Fault.Conflict($"Orchestration '{instanceId}' is being rewound already.");
        await tx.KeepPayloadsAsync(anew);
        await tx.StampPayloadsAsync(anew.Id, plan.Mail.Select(m => m.Data), PayloadStore.AllGenerations);
        if (plan.Kept == 0)
            await parts.BeginAsync(tx, anew);
        else
            await GoOnAsync(tx, ended, anew, plan, origin, reason);
        foreach (var (mail, number) in plan.Mail.Select((m, i) => (m, i)))
            await tx.AddMailAsync(anew.Id, mail.Name!, mail.Data!, $"rewound/{anew.Generation}/{number}");
    }

    /// <summary>What failed with its caller goes on with it: the call that is still open is its again.</summary>
    private async ValueTask RewindChildAsync(Tx tx, InstanceRow child, InstanceRow caller, string reason)
    {
        await tx.AnswersToAsync(child.Id, caller.Generation);
        await RewindAsync(tx, child.Id, reason, withCaller: true);
    }

    /// <param name="origin">1 when the kept history is to name the generation whose ids it holds; 0 when it does.</param>
    private async ValueTask GoOnAsync(
        Tx tx,
        InstanceRow ended,
        InstanceRow anew,
        RewindPlan plan,
        int origin,
        string reason
    )
    {
        await tx.CopyHistoryAsync(ended, plan.Kept, origin);
        if (origin > 0)
            tx.AddHistory(anew, 0, [new(HistoryKind.ExecutionRewound, -1, null, $"{ended.Generation}", null, tx.Now)]);
        var key = new TaskKey(anew.Id, anew.Generation, -1);
        tx.AddInbox(key, HistoryKind.ExecutionRewound, reason, null, tx.Now);
        foreach (var news in plan.News)
            tx.AddInbox(key with { TaskId = news.TaskId }, news.Kind, news.Name, news.Data, tx.Now);
        foreach (var child in await tx.ListChildrenAsync(ended.Id))
            if (plan.Open(child, ended.Generation))
                await RewindChildAsync(tx, child, anew, reason);
        await parts.SetDeadlineAsync(tx, anew);
        tx.OnCommitted(() => parts.Wake(anew.Id));
    }
}
