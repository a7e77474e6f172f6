using Pipeline.Data;
using Pipeline.Durable.Replay;

namespace Pipeline.Durable.Hub;

/// <summary>
/// The end of one generation and the beginning of the next, in one commit: steps, timers and history of the old one go;
/// the resource, the mailbox, and whatever was said to the instance as such stay.
/// </summary>
internal sealed class NextGeneration(Turn turn, EpisodeResult result, PayloadBatch payloads, EngineParts parts)
{
    private readonly string input = payloads.Keep(result.Outcome!.NextInput!);
    private readonly string? status = payloads.KeepStatus(result.CustomStatus);

    /// <summary>
    /// What a generation waits that follows one which awaited nothing. Each generation is a turn, and so the instance
    /// goes to the back of the line; this bounds what a loop without a wait can cost all the same.
    /// </summary>
    internal static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(100);

    /// <summary>News of the old generation that nobody reads any more.</summary>
    public int Dropped { get; private set; }

    private InstanceRow Old => turn.Instance;

    private bool AwaitedNothing =>
        turn.History.Count == 0
        && result.Taken.Count == 0
        && turn.Inbox.All(i => i.Kind is nameof(HistoryKind.ExecutionStarted) or HubStore.Nudge);

    /// <returns>False when the instance moved on meanwhile, and nothing was written.</returns>
    public async ValueTask<bool> RunAsync(Tx tx)
    {
        var next = Next(tx.Now);
        if (!await tx.BeginGenerationAsync(Old, next, status))
            return false;
        tx.DeleteInbox([.. turn.Inbox.Select(i => i.Seq)]);
        tx.TakeMail(result.Taken);
        await tx.ForgetOldMailAsync(Old.Id);
        await StopStepsAsync(tx, next);
        if (turn.HasLocked(result.Events))
            await parts.Locks.ReleaseAllAsync(tx, Old.Id);
        if (turn.HasCalled(result.Events))
            await parts.Children.CancelAllAsync(tx, Old.Id, $"{Old.Id} has continued as new");
        Dropped = await tx.DropOldNewsAsync(Old.Id, next.Generation);
        if (turn.History.Count < GenerationStore.HistoryBatch)
            await tx.DropOldHistoryAsync(Old.Id, next.Generation);
        await PassPayloadsAsync(tx, next);
        await parts.BeginAsync(tx, next);
        return true;
    }

    /// <summary>The new one's are its input and what the instance shows; mail that nobody took has none of a generation.</summary>
    private async ValueTask PassPayloadsAsync(Tx tx, InstanceRow next)
    {
        await payloads.SaveAsync(tx, Old.Id, next.Generation);
        await tx.StampPayloadsAsync(Old.Id, turn.Taken(result.Taken), Old.Generation);
        if (status is null)
            await tx.StampPayloadsAsync(Old.Id, [Old.CustomStatus], next.Generation);
        await tx.DropOldPayloadsAsync(Old.Id, next.Generation);
    }

    /// <summary>What a long generation left goes in small transactions of its own; what a crash leaves goes with the next.</summary>
    public static async Task SweepAsync(Database db, InstanceRow old)
    {
        while (await db.WriteAsync(tx => tx.DropOldHistoryAsync(old.Id, old.Generation + 1)) > 0) { }
    }

    private InstanceRow Next(DateTimeOffset now)
    {
        var code = parts.Registry.Newest(Old.Name);
        var begin = AwaitedNothing ? now + Breath : now;
        return Old with
        {
            Generation = Old.Generation + 1,
            Version = code.Version,
            Status = InstanceStatus.Running,
            Input = input,
            Epoch = result.Epoch,
            StartAt = begin,
            DeadlineAt = begin + code.Deadline,
        };
    }

    /// <summary>Steps nobody waits for any more end; what a host may still do late is turned away by the raised fence.</summary>
    private async ValueTask StopStepsAsync(Tx tx, InstanceRow next)
    {
        var open = await tx.DropTasksAsync(Old.Id, onlyCancelled: false);
        foreach (var task in open)
            parts.StopAfterCommit(tx, task);
        if (!open.Any(t => t is { Kind: TaskRow.OnHost, Sends: > 0 }))
            return;
        var epoch = Old.Resource is { } resource ? await tx.RaiseEpochAsync(resource) : next.Epoch + 1;
        await tx.SetEpochAsync(Old.Id, epoch, next.DeadlineAt);
    }
}
