using Pipeline.Contracts;
using Pipeline.Contracts.Identity;

namespace Pipeline.Data;

/// <summary>A quota of a project as clients are shown it.</summary>
/// <param name="Default">What the cloud gives a project that has no limit of its own.</param>
/// <param name="Limit">What holds for the project; -1 is no limit.</param>
public sealed record ProjectQuota(QuotaKind Kind, long Default, long Limit, long Used);

public static class ProjectQuotas
{
    /// <summary>A project's quotas, in the order of the kinds, by one statement.</summary>
    /// <param name="project">Null for a project that has and uses nothing.</param>
    public static async ValueTask<IReadOnlyList<ProjectQuota>> QuotasAsync(
        this Tx tx,
        ProjectId? project,
        IReadOnlyList<QuotaKind> kinds
    )
    {
        var found = await tx.ListAsync<Amount>(
            """
            SELECT 'default' AS kind, resource, default_limit AS number FROM registered_limits
            WHERE resource IN @resources
            UNION ALL
            SELECT 'limit', resource, resource_limit FROM limits WHERE project_id = @project AND resource IN @resources
            UNION ALL
            SELECT 'used', resource, used FROM usage WHERE project_id = @project AND resource IN @resources
            """,
            new { resources = kinds.Select(kind => kind.Resource).ToList(), project = project?.Value ?? "" }
        );
        var numbers = found.ToDictionary(amount => (amount.Kind, amount.Resource), amount => amount.Number);
        return [.. kinds.Select(Of)];

        ProjectQuota Of(QuotaKind kind)
        {
            var normal = numbers.GetValueOrDefault(("default", kind.Resource), kind.Default);
            return new(
                kind,
                normal,
                numbers.GetValueOrDefault(("limit", kind.Resource), normal),
                numbers.GetValueOrDefault(("used", kind.Resource))
            );
        }
    }

    /// <summary>Changes what projects without a limit of their own may have, whatever the cloud has registered of it so far.</summary>
    public static async ValueTask SetDefaultAsync(this Tx tx, QuotaKind kind, long limit) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO registered_limits
                (id, service_id, region_id, resource_name, resource, default_limit, description, created_at)
            VALUES (@Id, @ServiceId, NULL, @Name, @Resource, @limit, @Description, @now)
            ON CONFLICT (resource) DO UPDATE SET default_limit = excluded.default_limit
            """,
            new
            {
                kind.Id,
                kind.ServiceId,
                kind.Name,
                kind.Resource,
                limit,
                kind.Description,
            }
        );

    private sealed record Amount
    {
        public string Kind { get; init; } = "";
        public string Resource { get; init; } = "";
        public long Number { get; init; }
    }
}
