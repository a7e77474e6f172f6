using System.Text;
using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>The SQL of forgetting: instances that have ended, with all that hangs on them.</summary>
internal static class PurgeStore
{
    /// <summary>Instances of one transaction, at most; fewer when their histories are long.</summary>
    public const int Batch = 50;

    /// <summary>History of one transaction: what others wait for meanwhile. One long history goes as a whole.</summary>
    public const int Events = 2_000;

    /// <returns>False when it is not there, or runs.</returns>
    public static async ValueTask<bool> PurgeAsync(this Tx tx, string id) => await tx.DeleteAsync([id]) > 0;

    /// <summary>Forgets the oldest instances of one status that a filter lets go; those that another works on are left.</summary>
    /// <returns>How many went, and whether more may be left.</returns>
    public static async ValueTask<(int Gone, bool More)> PurgeAsync(
        this Tx tx,
        string status,
        PurgeInstancesFilter filter,
        IReadOnlyCollection<string>? except = null
    )
    {
        var found = await tx.ListAsync<Candidate>(
            $"""
            SELECT id, next_seq FROM instances WHERE status = @status AND completed_at < @before{Where(filter, except)}
            ORDER BY completed_at, id LIMIT @Batch FOR UPDATE SKIP LOCKED
            """,
            new
            {
                status,
                before = filter.CompletedBefore ?? DateTimeOffset.MaxValue,
                filter.CreatedFrom,
                filter.CreatedTo,
                filter.Name,
                except,
                Batch,
            }
        );
        var events = 0;
        var chosen = found.TakeWhile((c, i) => (events += c.NextSeq) <= Events || i == 0).Select(c => c.Id).ToList();
        return (
            chosen.Count == 0 ? 0 : await tx.DeleteAsync(chosen),
            found.Count == Batch || chosen.Count < found.Count
        );
    }

    private static async ValueTask<int> DeleteAsync(this Tx tx, IReadOnlyList<string> ids)
    {
        var gone = await tx.ListAsync<string>(
            "DELETE FROM instances WHERE id IN @ids AND completed_at IS NOT NULL RETURNING id",
            new { ids }
        );
        if (gone.Count == 0)
            return 0;
        // Those they called go with them; one that outlives its caller goes in its own time.
        var called = await tx.ListAsync<string>(
            "SELECT id FROM instances WHERE parent_id IN @gone AND completed_at IS NOT NULL",
            new { gone }
        );
        foreach (var table in new[] { "tasks", "history", "inbox", "mailbox", "dead_letters", "payloads" })
            await tx.ExecuteAsync($"DELETE FROM {table} WHERE instance_id IN @gone", new { gone });
        return gone.Count + (called.Count == 0 ? 0 : await tx.DeleteAsync(called));
    }

    private static string Where(PurgeInstancesFilter filter, IReadOnlyCollection<string>? except)
    {
        var where = new StringBuilder();
        if (filter.CreatedFrom is not null)
            where.Append(" AND created_at >= @CreatedFrom");
        if (filter.CreatedTo is not null)
            where.Append(" AND created_at < @CreatedTo");
        if (filter.Name is not null)
            where.Append(" AND name = @Name");
        if (except is { Count: > 0 })
            where.Append(" AND name NOT IN @except");
        return where.ToString();
    }

    private sealed record Candidate
    {
        public string Id { get; init; } = "";
        public int NextSeq { get; init; }
    }
}
