using Pipeline.Contracts;

namespace Pipeline.Data;

/// <summary>A limit that a project has of its own.</summary>
public sealed record QuotaLimit
{
    public ProjectId ProjectId { get; init; }
    public string Resource { get; init; } = "";
    public long HardLimit { get; init; }
}

/// <summary>Limits as operators list and withdraw them; each service names the resources that are its own.</summary>
public static class QuotaLimits
{
    public static ValueTask<IReadOnlyList<QuotaLimit>> ListLimitsAsync(
        this Tx tx,
        IReadOnlyCollection<string> resources
    ) =>
        tx.ListAsync<QuotaLimit>(
            """
            SELECT project_id, resource, hard_limit FROM quota_limits
            WHERE resource IN @resources ORDER BY project_id, resource
            """,
            new { resources }
        );

    /// <summary>All limits that a project has of its own, in the order of resources, from behind one on.</summary>
    public static ValueTask<IReadOnlyList<QuotaLimit>> ListLimitsAsync(
        this Tx tx,
        ProjectId project,
        string after,
        int limit
    ) =>
        tx.ListAsync<QuotaLimit>(
            """
            SELECT project_id, resource, hard_limit FROM quota_limits
            WHERE project_id = @project AND resource > @after ORDER BY resource LIMIT @limit
            """,
            new
            {
                project,
                after,
                limit,
            }
        );

    public static ValueTask<long> CountLimitsAsync(this Tx tx, ProjectId project) =>
        tx.ScalarAsync<long>("SELECT COUNT(*) FROM quota_limits WHERE project_id = @project", new { project });

    /// <summary>The defaults hold again.</summary>
    /// <returns>False when the project had no limits of its own.</returns>
    public static async ValueTask<bool> ClearLimitsAsync(
        this Tx tx,
        ProjectId project,
        IReadOnlyCollection<string> resources
    ) =>
        await tx.ExecuteAsync(
            "DELETE FROM quota_limits WHERE project_id = @project AND resource IN @resources",
            new { project, resources }
        ) > 0;
}
