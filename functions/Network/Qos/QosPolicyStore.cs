using Pipeline.Data;
using Pipeline.Network.Rbac;
using Pipeline.Network.Tags;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Qos;

/// <summary>All SQL of QoS policies.</summary>
internal static class QosPolicyStore
{
    private const string Columns =
        "id, project_id, name, description, is_default, revision_number, created_at, updated_at";

    /// <summary>A project sees its own policies, and those that are shared with it.</summary>
    public static readonly ListSource Listed = new(
        Columns,
        "qos_policies",
        $"""
        x.id IN (SELECT id FROM qos_policies WHERE project_id = @viewer
            UNION {RbacStore.VisibleIds(QosPolicyRow.Type)})
        """,
        NeutronFault.QosPolicyNotFound
    );

    /// <exception cref="Fault">NotFound when the caller does not see it.</exception>
    public static async ValueTask<QosPolicyRow> GetQosPolicyAsync(this Tx tx, Caller caller, string id) =>
        QosPolicyId.TryParse(id, out var policy)
        && await tx.FindQosPolicyAsync(policy) is { } row
        && await tx.SeesAsync(caller, row)
            ? row
            : throw NeutronFault.QosPolicyNotFound(id);

    /// <summary>Whether a caller may look at a policy, name it, and take it off what has it.</summary>
    public static async ValueTask<bool> SeesAsync(this Tx tx, Caller caller, QosPolicyRow policy) =>
        policy.IsOwnedBy(caller) || await tx.IsSeenAsync(caller.Project, policy.Id.ToString());

    /// <summary>A policy that the caller may change, taken for this transaction.</summary>
    /// <exception cref="Fault">NotFound when the caller does not see it, Forbidden when it is only shared with it.</exception>
    public static async ValueTask<QosPolicyRow> LockOwnQosPolicyAsync(this Tx tx, Caller caller, string id, string rule)
    {
        var policy = await tx.GetQosPolicyAsync(caller, id);
        if (!policy.IsOwnedBy(caller))
            throw NeutronFault.Forbidden(rule);
        return await tx.LockQosPolicyAsync(policy.Id) ?? throw NeutronFault.QosPolicyNotFound(id);
    }

    public static ValueTask<QosPolicyRow?> FindQosPolicyAsync(this Tx tx, QosPolicyId id) =>
        tx.FindAsync<QosPolicyRow>($"SELECT {Columns} FROM qos_policies WHERE id = @id", new { id });

    /// <summary>
    /// Takes the row for this transaction: who names the policy, changes what it says, or binds a port that it limits
    /// comes before or after.
    /// </summary>
    public static ValueTask<QosPolicyRow?> LockQosPolicyAsync(this Tx tx, QosPolicyId id) =>
        tx.FindAsync<QosPolicyRow>(
            $"UPDATE qos_policies SET name = name WHERE id = @id RETURNING {Columns}",
            new { id }
        );

    /// <summary>Takes all of a project's policies: one of them is to be its default.</summary>
    public static async ValueTask LockQosPoliciesOfAsync(this Tx tx, ProjectId project) =>
        await tx.ExecuteAsync("UPDATE qos_policies SET name = name WHERE project_id = @project", new { project });

    public static ValueTask<QosPolicyRow?> FindDefaultQosPolicyAsync(this Tx tx, ProjectId project) =>
        tx.FindAsync<QosPolicyRow>(
            $"SELECT {Columns} FROM qos_policies WHERE project_id = @project AND is_default = 1",
            new { project }
        );

    /// <returns>False when this would be the project's second default.</returns>
    public static async ValueTask<bool> AddQosPolicyAsync(this Tx tx, QosPolicyRow row) =>
        await tx.ExecuteAsync(
            $"""
            INSERT INTO qos_policies ({Columns})
            VALUES (@Id, @ProjectId, @Name, @Description, @IsDefault, 0, @now, @now)
            ON CONFLICT DO NOTHING
            """,
            row
        ) == 1;

    public static async ValueTask UpdateQosPolicyAsync(this Tx tx, QosPolicyRow row) =>
        await tx.ExecuteAsync(
            """
            UPDATE qos_policies SET name = @Name, description = @Description, is_default = @IsDefault,
                revision_number = revision_number + 1, updated_at = @now
            WHERE id = @Id
            """,
            row
        );

    /// <summary>Something that is shown with the policy has changed: a rule, a tag.</summary>
    public static async ValueTask TouchQosPolicyAsync(this Tx tx, QosPolicyId id) =>
        await tx.ExecuteAsync(
            "UPDATE qos_policies SET revision_number = revision_number + 1, updated_at = @now WHERE id = @id",
            new { id }
        );

    public static async ValueTask DeleteQosPolicyAsync(this Tx tx, QosPolicyId id)
    {
        await tx.ExecuteAsync("DELETE FROM qos_bandwidth_limit_rules WHERE qos_policy_id = @id", new { id });
        await tx.ExecuteAsync("DELETE FROM qos_policies WHERE id = @id", new { id });
    }

    /// <summary>One thing that names the policy: `network` or `port`, and its id; null when nothing does.</summary>
    public static ValueTask<QosUser?> FindUserOfQosPolicyAsync(this Tx tx, QosPolicyId id) =>
        tx.FindAsync<QosUser>(
            """
            SELECT 'network' AS kind, id FROM networks WHERE qos_policy_id = @id AND deleted_at IS NULL
            UNION ALL SELECT 'port' AS kind, id FROM ports WHERE qos_policy_id = @id AND deleted_at IS NULL
            ORDER BY 1, 2 LIMIT 1
            """,
            new { id }
        );

    public static async ValueTask<IReadOnlyList<QosPolicyItem>> ItemsAsync(
        this Tx tx,
        IReadOnlyList<QosPolicyRow> rows,
        ProjectId? viewer
    )
    {
        var ids = rows.Select(r => r.Id.ToString()).ToList();
        var shared = await tx.SharedAsync(ids, viewer);
        var rules = await tx.ListBandwidthLimitsAsync(ids);
        var tags = await tx.ListTagsAsync(ids);
        return
        [
            .. rows.Select(r => new QosPolicyItem(
                r,
                [.. rules[r.Id]],
                [.. tags[r.Id.ToString()]],
                shared.Contains(r.Id.ToString())
            )),
        ];
    }

    public static async ValueTask<QosPolicyItem> QosPolicyItemAsync(this Tx tx, QosPolicyId id, ProjectId? viewer)
    {
        var row = await tx.FindQosPolicyAsync(id) ?? throw NeutronFault.QosPolicyNotFound(id);
        return (await tx.ItemsAsync([row], viewer))[0];
    }
}

internal sealed record QosUser
{
    public string Kind { get; init; } = "";
    public string Id { get; init; } = "";
}
