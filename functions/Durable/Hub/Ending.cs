using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>What goes with an instance that ends, however it ends: by its code, or by an operator's word.</summary>
internal static class Ending
{
    /// <summary>Nothing waits for an ended instance, and whoever waits for its resource begins.</summary>
    public static async ValueTask EndAsync(this EngineParts parts, Tx tx, InstanceRow ended, EpisodeWrite end)
    {
        var now = tx.Now;
        tx.OnCommitted(() =>
        {
            EngineSpans.EmitEnded(ended, end, now);
            EngineMetrics.Ended(ended, end.Status, now);
        });
        // The tasks first: who answers one holds its row, and so has written its news by the time that the news goes.
        foreach (var task in await tx.DropTasksAsync(ended.Id, onlyCancelled: false))
            parts.StopAfterCommit(tx, task);
        if (end.Status is InstanceStatus.Failed or InstanceStatus.Terminated)
            await tx.KeepResultsAsync(ended, end.NextSeq);
        await tx.DropWaitsAsync(ended.Id);
        if (ended.Resource is null || await tx.UnlockAsync(ended.Resource, ended.Id) is not { } held)
            return;
        var next = (await tx.FindInstanceAsync(held.Operation!))!;
        next = next with { DeadlineAt = tx.Now + (next.DeadlineAt - next.CreatedAt) };
        await tx.SetEpochAsync(next.Id, held.Epoch, next.DeadlineAt);
        await parts.BeginAsync(tx, next);
    }
}
