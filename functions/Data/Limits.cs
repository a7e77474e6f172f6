using Pipeline.Contracts;

namespace Pipeline.Data;

/// <summary>What one project, or one domain, may have in place of the cloud's default; with its registered limit's names.</summary>
public sealed record Limit
{
    public string Id { get; init; } = "";

    /// <summary>The registered limit's.</summary>
    public string Resource { get; init; } = "";
    public ProjectId? ProjectId { get; init; }
    public DomainId? DomainId { get; init; }

    /// <summary>-1 is no limit.</summary>
    public long ResourceLimit { get; init; }
    public string? Description { get; init; }
    public string ServiceId { get; init; } = "";
    public string? RegionId { get; init; }
    public string ResourceName { get; init; } = "";
}

/// <summary>Limits by resource: as services read and set them for a project.</summary>
public static class Limits
{
    /// <summary>The limit that holds for `@project`: its own, else the cloud's, else the service's.</summary>
    internal static string Holding(string resource, string normal) =>
        $"""
            COALESCE(
                (SELECT resource_limit FROM limits WHERE project_id = @project AND resource = {resource}),
                (SELECT default_limit FROM registered_limits WHERE resource = {resource}),
                {normal})
            """;

    /// <param name="normal">Holds where the cloud has no registered limit.</param>
    /// <returns>-1 for no limit.</returns>
    public static async ValueTask<long> LimitAsync(this Tx tx, ProjectId project, string resource, long normal) =>
        await tx.ScalarAsync<long>(
            $"SELECT {Holding("@resource", "@normal")}",
            new
            {
                project,
                resource,
                normal,
            }
        );

    /// <summary>Sets a project's own limit, which may lie under what it uses: then it grows no more.</summary>
    /// <param name="id">Of the limit, where the project has none yet.</param>
    public static async ValueTask SetLimitAsync(
        this Tx tx,
        string id,
        ProjectId project,
        string resource,
        long limit
    ) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO limits (id, resource, project_id, resource_limit, created_at)
            VALUES (@id, @resource, @project, @limit, @now)
            ON CONFLICT (project_id, resource) DO UPDATE SET resource_limit = excluded.resource_limit
            """,
            new
            {
                id,
                resource,
                project,
                limit,
            }
        );

    /// <summary>The defaults hold again.</summary>
    /// <returns>False when the project had no limits of its own.</returns>
    public static async ValueTask<bool> ClearLimitsAsync(
        this Tx tx,
        ProjectId project,
        IReadOnlyCollection<string> resources
    ) =>
        await tx.ExecuteAsync(
            "DELETE FROM limits WHERE project_id = @project AND resource IN @resources",
            new { project, resources }
        ) > 0;

    /// <summary>What these limited is there no more: nor are the limits, anybody's.</summary>
    public static async ValueTask ForgetLimitsAsync(this Tx tx, IReadOnlyCollection<string> resources)
    {
        await tx.ExecuteAsync("DELETE FROM limits WHERE resource IN @resources", new { resources });
        await tx.ExecuteAsync("DELETE FROM registered_limits WHERE resource IN @resources", new { resources });
    }

    /// <summary>The limits that projects have of their own.</summary>
    public static ValueTask<IReadOnlyList<Limit>> ListLimitsAsync(this Tx tx, IReadOnlyCollection<string> resources) =>
        tx.ListAsync<Limit>(
            """
            SELECT id, resource, project_id, resource_limit FROM limits
            WHERE project_id IS NOT NULL AND resource IN @resources ORDER BY project_id, resource
            """,
            new { resources }
        );

    /// <summary>All limits that a project has of its own, in the order of resources, from behind one on.</summary>
    public static ValueTask<IReadOnlyList<Limit>> ListLimitsAsync(
        this Tx tx,
        ProjectId project,
        string after,
        int limit
    ) =>
        tx.ListAsync<Limit>(
            """
            SELECT id, resource, project_id, resource_limit FROM limits
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
        tx.ScalarAsync<long>("SELECT COUNT(*) FROM limits WHERE project_id = @project", new { project });
}
