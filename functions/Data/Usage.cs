using Pipeline.Contracts;

namespace Pipeline.Data;

/// <summary>What a change takes from a quota (negative gives back), with the limit that holds where the cloud has none.</summary>
public sealed record UsageChange(string Resource, long Amount, long DefaultLimit);

/// <summary>The first resource a claim found short.</summary>
public sealed record Shortage(string Resource, long Requested, long Used, long Limit);

/// <summary>Usage: one row per project and resource, changed in the claiming transaction, rows taken in one order.</summary>
public static class Usage
{
    /// <summary>Counts the changes. A shortage means the caller must throw, so that nothing is written.</summary>
    /// <remarks>A limit of -1 is none. Lowering is never refused.</remarks>
    public static async ValueTask<Shortage?> ClaimUsageAsync(
        this Tx tx,
        ProjectId project,
        params UsageChange[] changes
    )
    {
        foreach (var change in changes.OrderBy(c => c.Resource, StringComparer.Ordinal))
        {
            var excess = await tx.ScalarAsync<long>(
                $"""
                INSERT INTO usage (project_id, resource, used) VALUES (@project, @Resource, @Amount)
                ON CONFLICT (project_id, resource) DO UPDATE SET used = usage.used + excluded.used
                RETURNING COALESCE(used - NULLIF({Limits.Holding("@Resource", "@DefaultLimit")}, -1), 0)
                """,
                new
                {
                    project,
                    change.Resource,
                    change.Amount,
                    change.DefaultLimit,
                }
            );
            if (change.Amount <= 0 || excess <= 0)
                continue;
            var limit = await tx.LimitAsync(project, change.Resource, change.DefaultLimit);
            return new(change.Resource, change.Amount, limit + excess - change.Amount, limit);
        }
        return null;
    }

    public static async ValueTask ReleaseUsageAsync(
        this Tx tx,
        ProjectId project,
        params (string Resource, long Amount)[] taken
    )
    {
        foreach (var (resource, amount) in taken.OrderBy(t => t.Resource, StringComparer.Ordinal))
            await tx.ExecuteAsync(
                "UPDATE usage SET used = used - @amount WHERE project_id = @project AND resource = @resource",
                new
                {
                    project,
                    resource,
                    amount,
                }
            );
    }

    public static async ValueTask<long> UsedAsync(this Tx tx, ProjectId project, string resource) =>
        await tx.ScalarAsync<long>(
            "SELECT used FROM usage WHERE project_id = @project AND resource = @resource",
            new { project, resource }
        );
}
