using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>
/// Several turns in one transaction, where a commit is dear: their instances are held in the order of their ids, and none waits for
/// others' locks for more than a moment. When anything goes wrong nothing of it stands, and each is committed alone.
/// </summary>
internal static class TurnsTogether
{
    public const int Most = 16;

    /// <returns>Whether each advanced; one that did not had moved on meanwhile, and nothing of it was written.</returns>
    public static async ValueTask<IReadOnlyDictionary<EpisodeCommit, bool>> RunAsync(
        Tx tx,
        IReadOnlyList<EpisodeCommit> commits
    )
    {
        tx.WaitBriefly();
        var stand = await tx.HoldAllAsync([.. commits.Select(c => c.Instance)]);
        var held = commits.Where(c => stand.Contains(c.Instance.Id)).ToList();
        foreach (var commit in commits.Except(held))
            commit.MovedOn(tx);
        var writes = new TurnWrites();
        foreach (var commit in held)
            await commit.DoAsync(tx, writes);
        writes.SendTo(tx);
        foreach (var commit in held)
            await commit.EndAsync(tx);
        return commits.ToDictionary(c => c, held.Contains);
    }
}
