using Pipeline.Contracts;
using Pipeline.Contracts.Identity;

namespace Pipeline.Data;

/// <summary>What each project of the cloud may have of something, where it has no limit of its own.</summary>
public sealed record RegisteredLimit
{
    public string Id { get; init; } = "";
    public string ServiceId { get; init; } = "";

    /// <summary>Null where it holds in all regions.</summary>
    public string? RegionId { get; init; }
    public string ResourceName { get; init; } = "";

    /// <summary>What `usage` counts it by; its own id where no service of this cloud counts it.</summary>
    public string Resource { get; init; } = "";

    /// <summary>-1 is no limit.</summary>
    public long DefaultLimit { get; init; }
    public string? Description { get; init; }

    /// <summary>True where a service of this cloud counts it.</summary>
    public bool IsOwn => Resource != Id;

    public static RegisteredLimit Of(QuotaKind kind) =>
        new()
        {
            Id = kind.Id,
            ServiceId = kind.ServiceId,
            ResourceName = kind.Name,
            Resource = kind.Resource,
            DefaultLimit = kind.Default,
            Description = kind.Description,
        };
}

/// <summary>The rows of unified limits: registered limits, and the limits that refer to them.</summary>
public static class RegisteredLimits
{
    private const string Columns = "id, service_id, region_id, resource_name, resource, default_limit, description";

    private const string LimitRows = """
        l.id, l.resource, l.project_id, l.domain_id, l.resource_limit, l.description,
        r.service_id, r.region_id, r.resource_name
        FROM limits l JOIN registered_limits r ON r.resource = l.resource
        """;

    /// <summary>In the order of service and name.</summary>
    public static ValueTask<IReadOnlyList<RegisteredLimit>> RegisteredLimitsAsync(this Tx tx) =>
        tx.ListAsync<RegisteredLimit>(
            $"SELECT {Columns} FROM registered_limits ORDER BY service_id, resource_name, region_id"
        );

    public static ValueTask<RegisteredLimit?> FindRegisteredLimitAsync(this Tx tx, string id) =>
        tx.FindAsync<RegisteredLimit>($"SELECT {Columns} FROM registered_limits WHERE id = @id", new { id });

    /// <summary>To change it: nobody else changes it until this transaction ends.</summary>
    public static ValueTask<RegisteredLimit?> LockRegisteredLimitAsync(this Tx tx, string id) =>
        tx.FindAsync<RegisteredLimit>($"SELECT {Columns} FROM registered_limits WHERE id = @id FOR UPDATE", new { id });

    /// <summary>False when the service has one of that name in that region.</summary>
    public static async ValueTask<bool> TryAddRegisteredLimitAsync(this Tx tx, RegisteredLimit limit) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO registered_limits
                (id, service_id, region_id, resource_name, resource, default_limit, description, created_at)
            VALUES (@Id, @ServiceId, @RegionId, @ResourceName, @Resource, @DefaultLimit, @Description, @now)
            ON CONFLICT DO NOTHING
            """,
            limit
        ) == 1;

    /// <inheritdoc cref="TryAddRegisteredLimitAsync"/>
    public static async ValueTask<bool> TryUpdateRegisteredLimitAsync(this Tx tx, RegisteredLimit limit) =>
        await tx.ExecuteAsync(
            """
            UPDATE registered_limits SET service_id = @ServiceId, region_id = @RegionId, resource_name = @ResourceName,
                default_limit = @DefaultLimit, description = @Description
            WHERE id = @Id AND NOT EXISTS (
                SELECT 1 FROM registered_limits AS other
                WHERE other.service_id = @ServiceId AND other.resource_name = @ResourceName
                    AND COALESCE(other.region_id, '') = @region AND other.id <> @Id)
            """,
            new
            {
                limit.Id,
                limit.ServiceId,
                limit.RegionId,
                limit.ResourceName,
                limit.DefaultLimit,
                limit.Description,
                region = limit.RegionId ?? "",
            }
        ) == 1;

    public static ValueTask<int> DeleteRegisteredLimitAsync(this Tx tx, string id) =>
        tx.ExecuteAsync("DELETE FROM registered_limits WHERE id = @id", new { id });

    /// <summary>Whether a project or a domain has a limit of its own in its place.</summary>
    public static async ValueTask<bool> IsReferredToAsync(this Tx tx, RegisteredLimit limit) =>
        await tx.ScalarAsync<long?>("SELECT 1 FROM limits WHERE resource = @Resource LIMIT 1", new { limit.Resource })
            is not null;

    /// <summary>Of projects, of domains, or of one of them, in the order of ids.</summary>
    public static ValueTask<IReadOnlyList<Limit>> LimitsAsync(this Tx tx, string? project, string? domain) =>
        tx.ListAsync<Limit>(
            $"""
            SELECT {LimitRows}
            WHERE {(project is null ? "1 = 1" : "l.project_id = @project")}
                AND {(domain is null ? "1 = 1" : "l.domain_id = @domain")}
            ORDER BY l.id
            """,
            new { project, domain }
        );

    public static ValueTask<Limit?> FindLimitAsync(this Tx tx, string id) =>
        tx.FindAsync<Limit>($"SELECT {LimitRows} WHERE l.id = @id", new { id });

    /// <inheritdoc cref="LockRegisteredLimitAsync"/>
    public static ValueTask<Limit?> LockLimitAsync(this Tx tx, string id) =>
        tx.FindAsync<Limit>($"SELECT {LimitRows} WHERE l.id = @id FOR UPDATE OF l", new { id });

    /// <summary>False when the project or the domain has a limit in this one's place.</summary>
    public static async ValueTask<bool> TryAddLimitAsync(this Tx tx, Limit limit) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO limits (id, resource, project_id, domain_id, resource_limit, description, created_at)
            VALUES (@Id, @Resource, @ProjectId, @DomainId, @ResourceLimit, @Description, @now)
            ON CONFLICT DO NOTHING
            """,
            limit
        ) == 1;

    public static ValueTask<int> UpdateLimitAsync(this Tx tx, Limit limit) =>
        tx.ExecuteAsync(
            "UPDATE limits SET resource_limit = @ResourceLimit, description = @Description WHERE id = @Id",
            limit
        );

    public static ValueTask<int> DeleteLimitAsync(this Tx tx, string id) =>
        tx.ExecuteAsync("DELETE FROM limits WHERE id = @id", new { id });

    /// <summary>Those that go with a project, or with a domain.</summary>
    public static async ValueTask DeleteLimitsOfAsync(this Tx tx, ProjectId? project, DomainId? domain)
    {
        if (project is not null)
            await tx.ExecuteAsync("DELETE FROM limits WHERE project_id = @project", new { project });
        if (domain is not null)
            await tx.ExecuteAsync("DELETE FROM limits WHERE domain_id = @domain", new { domain });
    }
}
