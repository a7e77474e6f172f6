using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Rbac;

/// <summary>All SQL of policies, and the piece of SQL by which lists ask for what is shared.</summary>
internal static class RbacStore
{
    private const string Columns = "id, project_id, object_type, object_id, action, target_tenant";

    /// <summary>A project sees the policies that are its own.</summary>
    public static readonly ListSource Listed = new(
        Columns,
        "rbac_policies",
        "x.project_id = @viewer",
        NeutronFault.RbacPolicyNotFound
    );

    private const string ForViewer = "target_tenant IN ('*', @viewer)";

    /// <summary>True where the row `x` is shared with the project `@viewer`, or with all.</summary>
    public const string IsShared = $"""
        CASE WHEN EXISTS (SELECT 1 FROM rbac_policies r WHERE r.object_id = x.id AND r.action = 'access_as_shared'
            AND r.{ForViewer}) THEN 1 ELSE 0 END
        """;

    /// <summary>The ids of a type's things that policies show to the project `@viewer`.</summary>
    public static string VisibleIds(string type) =>
        $"SELECT object_id FROM rbac_policies WHERE {ForViewer} AND object_type = '{type}'";

    /// <summary>Whether any policy lets a project see the thing.</summary>
    public static async ValueTask<bool> IsSeenAsync(this Tx tx, ProjectId viewer, string id) =>
        await tx.ScalarAsync<string?>(
            $"SELECT id FROM rbac_policies WHERE object_id = @id AND {ForViewer} LIMIT 1",
            new { id, viewer }
        )
            is not null;

    /// <summary>Whether a project may use the thing as it may its own.</summary>
    public static async ValueTask<bool> IsSharedAsync(this Tx tx, ProjectId viewer, string id) =>
        await tx.ScalarAsync<string?>(
            $"""
            SELECT id FROM rbac_policies
            WHERE object_id = @id AND action = 'access_as_shared' AND {ForViewer} LIMIT 1
            """,
            new { id, viewer }
        )
            is not null;

    /// <summary>Those of the things that are shared with the project, or with all.</summary>
    public static async ValueTask<IReadOnlySet<string>> SharedAsync(
        this Tx tx,
        IEnumerable<string> ids,
        ProjectId? viewer
    )
    {
        var shared = new HashSet<string>();
        foreach (var chunk in ids.Chunk(500))
            shared.UnionWith(
                await tx.ListAsync<string>(
                    $"""
                    SELECT DISTINCT object_id FROM rbac_policies
                    WHERE object_id IN @chunk AND action = 'access_as_shared' AND {ForViewer} ORDER BY object_id
                    """,
                    new { chunk, viewer = viewer?.Value ?? "" }
                )
            );
        return shared;
    }

    /// <exception cref="Fault">NotFound when the caller does not see it.</exception>
    public static async ValueTask<RbacPolicyRow> GetPolicyAsync(this Tx tx, Caller caller, string id) =>
        RbacPolicyId.TryParse(id, out var policy)
        && await tx.FindPolicyAsync(policy) is { } row
        && (caller.IsAdmin || caller.ProjectId == row.ProjectId)
            ? row
            : throw NeutronFault.RbacPolicyNotFound(id);

    public static async ValueTask RetargetPolicyAsync(this Tx tx, RbacPolicyId id, string target) =>
        await tx.ExecuteAsync("UPDATE rbac_policies SET target_tenant = @target WHERE id = @id", new { id, target });

    /// <returns>False when the thing has the same policy already.</returns>
    public static async ValueTask<bool> AddPolicyAsync(this Tx tx, RbacPolicyRow row) =>
        await tx.ExecuteAsync(
            $"""
            INSERT INTO rbac_policies ({Columns})
            VALUES (@Id, @ProjectId, @ObjectType, @ObjectId, @Action, @TargetTenant)
            ON CONFLICT (object_id, action, target_tenant) DO NOTHING
            """,
            row
        ) == 1;

    public static ValueTask<RbacPolicyRow?> FindPolicyAsync(this Tx tx, RbacPolicyId id) =>
        tx.FindAsync<RbacPolicyRow>($"SELECT {Columns} FROM rbac_policies WHERE id = @id", new { id });

    public static ValueTask<RbacPolicyRow?> FindPolicyAsync(
        this Tx tx,
        string objectId,
        string action,
        string target
    ) =>
        tx.FindAsync<RbacPolicyRow>(
            $"""
            SELECT {Columns} FROM rbac_policies
            WHERE object_id = @objectId AND action = @action AND target_tenant = @target
            """,
            new
            {
                objectId,
                action,
                target,
            }
        );

    public static ValueTask<IReadOnlyList<RbacPolicyRow>> ListPoliciesOfAsync(this Tx tx, string objectId) =>
        tx.ListAsync<RbacPolicyRow>(
            $"SELECT {Columns} FROM rbac_policies WHERE object_id = @objectId ORDER BY project_id, id",
            new { objectId }
        );

    public static async ValueTask DeletePolicyAsync(this Tx tx, RbacPolicyId id) =>
        await tx.ExecuteAsync("DELETE FROM rbac_policies WHERE id = @id", new { id });
}
