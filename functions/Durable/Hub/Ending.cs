using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>What goes with an instance that ends, however it ends: by its code, or by an operator's word.</summary>
internal static class Ending
{
    /// <summary>Nothing waits for an ended instance, and whoever waits for its resource or its locks goes on.</summary>
    /// <param name="called">False where it is known that it has called no others.</param>
    /// <param name="locked">False where it is known that it has asked for no locks.</param>
    /// <param name="open">False where it is known that all its steps have ended.</param>
    public static async ValueTask EndAsync(
        this EngineParts parts,
        Tx tx,
        InstanceRow ended,
        EpisodeWrite end,
        bool called = true,
        bool locked = true,
        bool open = true
    )
    {
        var now = tx.Now;
        tx.OnCommitted(() =>
        {
            EngineSpans.EmitEnded(ended, end, now);
            EngineMetrics.Ended(ended, end.Status, now);
        });
        // The tasks first: who answers one holds its row, and so has written its news by the time that the news goes.
        if (open)
            foreach (var task in await tx.DropTasksAsync(ended.Id, onlyCancelled: false))
                parts.StopAfterCommit(tx, task);
        if (end.Status is InstanceStatus.Failed or InstanceStatus.Terminated)
            await tx.KeepResultsAsync(ended, end.NextSeq);
        await parts.Children.TellCallerAsync(tx, ended, end);
        if (called)
            await parts.Children.CancelAllAsync(tx, ended.Id, $"{ended.Id} has ended");
        if (ended.Resource is { } resource)
            await parts.UnlockAsync(tx, ended, resource, called);
        if (locked)
            await parts.Locks.ReleaseAllAsync(tx, ended.Id);
        tx.DropWaits(ended.Id);
    }

    private static async ValueTask UnlockAsync(
        this EngineParts parts,
        Tx tx,
        InstanceRow ended,
        string resource,
        bool called
    )
    {
        if ((ended.SharesLock || called) && await parts.Children.BequeathAsync(tx, ended))
            return;
        if (await tx.UnlockAsync(resource, ended.Id) is not { } held)
            return;
        var next = (await tx.FindInstanceAsync(held.Operation!))!;
        var begin = next.StartAt > tx.Now ? next.StartAt.Value : tx.Now;
        next = next with { DeadlineAt = begin + (next.DeadlineAt - (next.StartAt ?? next.CreatedAt)) };
        await tx.SetEpochAsync(next.Id, held.Epoch, next.DeadlineAt);
        await parts.BeginAsync(tx, next);
    }
}
