using Pipeline.Data;
using Pipeline.Network.Rbac;
using Pipeline.Network.SecurityGroupRules;
using Pipeline.Network.Tags;
using Pipeline.Network.Wire;

namespace Pipeline.Network.SecurityGroups;

/// <summary>All SQL of security groups.</summary>
internal static class SecurityGroupStore
{
    private const string Columns =
        "id, project_id, name, description, is_default, stateful, revision_number, created_at, updated_at";

    public static readonly ListSource Listed = new(
        Columns,
        "security_groups",
        $"""
        x.id IN (SELECT id FROM security_groups WHERE project_id = @viewer
            UNION {RbacStore.VisibleIds(SecurityGroupRow.Type)})
        """,
        NeutronFault.SecurityGroupNotFound
    );

    /// <exception cref="Fault">NotFound when the caller does not see it.</exception>
    public static async ValueTask<SecurityGroupRow> GetGroupAsync(this Tx tx, Caller caller, string id) =>
        SecurityGroupId.TryParse(id, out var group)
        && await tx.FindGroupAsync(group) is { } row
        && (row.IsOwnedBy(caller) || await tx.IsSeenAsync(caller.Project, id))
            ? row
            : throw NeutronFault.SecurityGroupNotFound(id);

    /// <exception cref="Fault">NotFound when the caller does not see it, Forbidden when it is only shared with it.</exception>
    public static async ValueTask<SecurityGroupRow> GetOwnGroupAsync(this Tx tx, Caller caller, string id, string rule)
    {
        var group = await tx.GetGroupAsync(caller, id);
        return group.IsOwnedBy(caller) ? group : throw NeutronFault.Forbidden(rule);
    }

    public static ValueTask<SecurityGroupRow?> FindGroupAsync(this Tx tx, SecurityGroupId id) =>
        tx.FindAsync<SecurityGroupRow>($"SELECT {Columns} FROM security_groups WHERE id = @id", new { id });

    public static ValueTask<SecurityGroupRow?> FindDefaultGroupAsync(this Tx tx, ProjectId project) =>
        tx.FindAsync<SecurityGroupRow>(
            $"SELECT {Columns} FROM security_groups WHERE project_id = @project AND is_default = 1",
            new { project }
        );

    public static ValueTask<IReadOnlyList<SecurityGroupRow>> ListGroupsNamedAsync(
        this Tx tx,
        ProjectId project,
        string name
    ) =>
        tx.ListAsync<SecurityGroupRow>(
            $"SELECT {Columns} FROM security_groups WHERE project_id = @project AND name = @name LIMIT 2",
            new { project, name }
        );

    public static ValueTask<IReadOnlyList<SecurityGroupRow>> ListGroupsOfProjectAsync(this Tx tx, ProjectId project) =>
        tx.ListAsync<SecurityGroupRow>(
            $"SELECT {Columns} FROM security_groups WHERE project_id = @project ORDER BY name, id",
            new { project }
        );

    public static ValueTask<IReadOnlyList<SecurityGroupRow>> ListGroupsOfAllAsync(this Tx tx, int skip, int take) =>
        tx.ListAsync<SecurityGroupRow>(
            $"SELECT {Columns} FROM security_groups ORDER BY id LIMIT @take OFFSET @skip",
            new { skip, take }
        );

    public static ValueTask<IReadOnlyList<SecurityGroupRow>> ListGroupsOfServerAsync(this Tx tx, ServerId server) =>
        tx.ListAsync<SecurityGroupRow>(
            $"""
            SELECT {Columns} FROM security_groups WHERE id IN (
                SELECT g.security_group_id FROM ports p JOIN port_security_groups g ON g.port_id = p.id
                WHERE p.server_id = @server AND p.attachment > 0 AND p.deleted_at IS NULL)
            ORDER BY name, id
            """,
            new { server }
        );

    public static ValueTask<IReadOnlyList<SecurityGroupRow>> ListGroupsByIdAsync(
        this Tx tx,
        IEnumerable<string> groups
    ) => tx.InChunksAsync<SecurityGroupRow>($"SELECT {Columns} FROM security_groups WHERE id IN @ids", groups);

    /// <returns>False when the project has a default group already, and this would be a second one.</returns>
    public static async ValueTask<bool> AddGroupAsync(this Tx tx, SecurityGroupRow row) =>
        await tx.ExecuteAsync(
            $"""
            INSERT INTO security_groups ({Columns}) VALUES (@Id, @ProjectId, @Name, @Description, @IsDefault, @Stateful, 1, @now, @now)
            ON CONFLICT DO NOTHING
            """,
            row
        ) == 1;

    public static async ValueTask UpdateGroupAsync(this Tx tx, SecurityGroupRow row) =>
        await tx.ExecuteAsync(
            """
            UPDATE security_groups SET name = @Name, description = @Description, stateful = @Stateful,
                revision_number = revision_number + 1, updated_at = @now
            WHERE id = @Id
            """,
            row
        );

    /// <summary>Takes the row for this transaction; something that is shown with the group changes.</summary>
    public static async ValueTask<bool> TouchGroupAsync(this Tx tx, SecurityGroupId id) =>
        await tx.ExecuteAsync(
            "UPDATE security_groups SET revision_number = revision_number + 1, updated_at = @now WHERE id = @id",
            new { id }
        ) == 1;

    public static async ValueTask<bool> IsGroupUsedAsync(this Tx tx, SecurityGroupId id) =>
        await tx.ScalarAsync<string?>(
            "SELECT port_id FROM port_security_groups WHERE security_group_id = @id LIMIT 1",
            new { id }
        )
            is not null;

    public static async ValueTask DeleteGroupAsync(this Tx tx, SecurityGroupId id) =>
        await tx.ExecuteAsync("DELETE FROM security_groups WHERE id = @id", new { id });

    public static async ValueTask<IReadOnlyList<SecurityGroupItem>> ItemsAsync(
        this Tx tx,
        IReadOnlyList<SecurityGroupRow> rows,
        ProjectId? viewer
    )
    {
        var ids = rows.Select(r => r.Id.ToString()).ToList();
        var rules = (await tx.ListRulesOfAsync(ids)).ToLookup(r => r.SecurityGroupId);
        var tags = await tx.ListTagsAsync(ids);
        var shared = await tx.SharedAsync(ids, viewer);
        return
        [
            .. rows.Select(r => new SecurityGroupItem(
                r,
                [.. rules[r.Id]],
                [.. tags[r.Id.ToString()]],
                shared.Contains(r.Id.ToString())
            )),
        ];
    }

    public static async ValueTask<SecurityGroupItem> GroupItemAsync(this Tx tx, SecurityGroupId id, ProjectId? viewer)
    {
        var row = await tx.FindGroupAsync(id) ?? throw NeutronFault.SecurityGroupNotFound(id);
        return (await tx.ItemsAsync([row], viewer))[0];
    }
}
