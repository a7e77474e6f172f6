using System.Runtime.CompilerServices;
using Pipeline.Contracts;
using Pipeline.Data;
using Pipeline.Durable.Hub;

namespace Pipeline.Durable.Management;

/// <summary>
/// Follows orchestrations as they move: looks when it is woken by a commit, here or at another functions host, and now and
/// then by itself.
/// </summary>
public sealed class InstanceFollower(Database db, EngineParts parts, ProgressEstimates estimates, TimeProvider time)
{
    /// <summary>One look reads so much history: a stream's memory does not grow with its instance.</summary>
    private const int Page = 500;

    /// <summary>Events in batches, as they were found, until the instance's end; an empty batch says that nothing is new.</summary>
    /// <param name="after">The last event that is known; null for none.</param>
    /// <param name="ct">Ends it quietly.</param>
    public async IAsyncEnumerable<IReadOnlyList<InstanceEvent>> FollowAsync(
        string instanceId,
        ResumeId? after,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        using var watch = new FollowerWatch(parts, time, instanceId);
        if (await db.ReadAsync(tx => tx.FindInstanceAsync(instanceId)) is not { } row)
            yield break;
        await foreach (var batch in TellAsync(watch, row, after, ct))
            yield return batch;
    }

    /// <summary>The same of all orchestrations of a resource, in the order of their acceptance, until none is left that runs.</summary>
    /// <param name="project">Whose; null for anybody's.</param>
    public async IAsyncEnumerable<IReadOnlyList<InstanceEvent>> FollowResourceAsync(
        string resource,
        ProjectId? project,
        ResumeId? after,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        using var watch = new FollowerWatch(parts, time, resource);
        var all = new InstanceFilter { Resource = resource, Project = project };
        var row = await db.ReadAsync(tx => FirstAsync(tx, all, after?.Instance));
        while (row is not null && !ct.IsCancellationRequested)
        {
            await foreach (var batch in TellAsync(watch, row, after, ct))
                yield return batch;
            var told = new ListPosition(row.CreatedAt, row.Id);
            row = await db.ReadAsync(tx => NextAsync(tx, all, told));
        }
    }

    /// <summary>True when the end of what is followed is known already, so that there is nothing to tell.</summary>
    public Task<bool> IsOverAsync(ResumeId after) =>
        db.ReadAsync(async tx =>
            await tx.FindInstanceAsync(after.Instance.Id) is { } row
            && row.CreatedAt == after.Instance.CreatedAt
            && row.Generation == after.Generation
            && InstanceStatus.IsTerminal(row.Status)
            && after.Seq > row.NextSeq
        );

    private async IAsyncEnumerable<IReadOnlyList<InstanceEvent>> TellAsync(
        FollowerWatch watch,
        InstanceRow first,
        ResumeId? after,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var known = after?.Instance == new ListPosition(first.CreatedAt, first.Id) ? after : null;
        var tale = new InstanceTale(first, known, parts.Json);
        while (!ct.IsCancellationRequested)
        {
            watch.Arm();
            var (row, fresh, tasks) = await db.ReadAsync(tx => LookAsync(tx, tale, first));
            if (row is null)
                yield break;
            var news = tale.Tell(row, fresh, tasks).ToList();
            if (tale.Newest(news) is { } begun)
                news[news.IndexOf(begun)] = await WithProgressAsync(row, begun);
            if (watch.IsDue(news.Count > 0))
                yield return news;
            if (tale.IsOver)
                yield break;
            if (tale.Seq >= row.NextSeq)
                await watch.WaitAsync(ct);
        }
    }

    private async Task<InstanceEvent> WithProgressAsync(InstanceRow row, InstanceEvent.Step begun) =>
        begun with
        {
            Progress = await db.ReadAsync(tx => estimates.AtAsync(tx, row, begun.Number, begun.State.StartedAt)),
        };

    /// <returns>No row when the instance was purged.</returns>
    private static async ValueTask<(InstanceRow?, IReadOnlyList<HistoryRow>, IReadOnlyList<TaskRow>)> LookAsync(
        Tx tx,
        InstanceTale tale,
        InstanceRow first
    )
    {
        if (await tx.FindInstanceAsync(first.Id) is not { } row || row.CreatedAt != first.CreatedAt)
            return (null, [], []);
        if (tale.IsBehind(row))
            tale.BeginAnew(row.Generation);
        var fresh = await tx.ListHistoryAsync(row, tale.Seq, Page);
        var isAll = tale.Seq + fresh.Count >= row.NextSeq;
        return (row, fresh, isAll ? await tx.ListRepeatedTasksAsync(row.Id) : []);
    }

    private static async ValueTask<InstanceRow?> FirstAsync(Tx tx, InstanceFilter all, ListPosition? known)
    {
        if (known is null)
            return await NextAsync(tx, all, null);
        return
            await tx.FindInstanceAsync(known.Id) is { } row
            && row.CreatedAt == known.CreatedAt
            && row.Resource == all.Resource
            && (all.Project is null || row.ProjectId == all.Project.Value.Value)
            ? row
            : await NextAsync(tx, all, known);
    }

    private static async ValueTask<InstanceRow?> NextAsync(Tx tx, InstanceFilter all, ListPosition? after) =>
        (await tx.ListInstancesAsync(all with { After = after }, 1)) is [var next] ? next : null;
}
