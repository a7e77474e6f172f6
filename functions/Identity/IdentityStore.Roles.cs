using Pipeline.Data;
using Pipeline.Identity.Assignments;
using Pipeline.Identity.Roles;

namespace Pipeline.Identity;

internal sealed partial class IdentityStore
{
    private const string RoleColumns = "id, name, description, extra";

    private const string AssignmentSql = """
        SELECT a.user_id, u.name AS user_name, u.domain_id AS user_domain_id, ud.name AS user_domain_name,
               a.project_id, p.name AS project_name, p.domain_id AS project_domain_id, pd.name AS project_domain_name,
               a.role_id
        FROM assignments a
        JOIN users u ON u.id = a.user_id JOIN domains ud ON ud.id = u.domain_id
        JOIN projects p ON p.id = a.project_id JOIN domains pd ON pd.id = p.domain_id
        """;

    public ValueTask<IReadOnlyList<Role>> RolesAsync(Tx tx, string? name) =>
        tx.ListAsync<Role>(
            $"SELECT {RoleColumns} FROM roles{(name is null ? "" : " WHERE name = @name")} ORDER BY number",
            new { name }
        );

    public ValueTask<Role?> FindRoleAsync(Tx tx, string id) =>
        tx.FindAsync<Role>($"SELECT {RoleColumns} FROM roles WHERE id = @id", new { id });

    /// <summary>False when there is a role of that name.</summary>
    public async ValueTask<bool> TryAddRoleAsync(Tx tx, Role role)
    {
        var number = await tx.ScalarAsync<long>(
            "UPDATE identity_state SET role_number = role_number + 1 WHERE id = 1 RETURNING role_number"
        );
        return await tx.ExecuteAsync(
                """
                INSERT INTO roles (id, number, name, description, extra, created_at)
                VALUES (@Id, @number, @Name, @Description, @Extra, @now)
                ON CONFLICT DO NOTHING
                """,
                new
                {
                    role.Id,
                    number,
                    role.Name,
                    role.Description,
                    role.Extra,
                }
            ) == 1;
    }

    public ValueTask<int> AddImplicationAsync(Tx tx, RoleId role, RoleId implied) =>
        tx.ExecuteAsync(
            "INSERT INTO implied_roles (role_id, implied_id) VALUES (@role, @implied)",
            new { role, implied }
        );

    public async ValueTask DeleteRoleAsync(Tx tx, RoleId id)
    {
        await tx.ExecuteAsync("DELETE FROM assignments WHERE role_id = @id", new { id });
        await tx.ExecuteAsync("DELETE FROM implied_roles WHERE role_id = @id OR implied_id = @id", new { id });
        await tx.ExecuteAsync("DELETE FROM roles WHERE id = @id", new { id });
    }

    /// <summary>False when it was there already.</summary>
    public async ValueTask<bool> AddAssignmentAsync(Tx tx, UserId user, ProjectId project, RoleId role) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO assignments (user_id, project_id, role_id) VALUES (@user, @project, @role)
            ON CONFLICT DO NOTHING
            """,
            new
            {
                user,
                project,
                role,
            }
        ) == 1;

    /// <summary>False when there was none.</summary>
    public async ValueTask<bool> DeleteAssignmentAsync(Tx tx, UserId user, ProjectId project, RoleId role) =>
        await tx.ExecuteAsync(
            "DELETE FROM assignments WHERE user_id = @user AND project_id = @project AND role_id = @role",
            new
            {
                user,
                project,
                role,
            }
        ) == 1;

    /// <summary>Assignments as they stand in rows, with names; null filters nothing.</summary>
    public ValueTask<IReadOnlyList<Assignment>> AssignmentsAsync(Tx tx, string? user, string? project)
    {
        var conditions = new[]
        {
            user is null ? null : "a.user_id = @user",
            project is null ? null : "a.project_id = @project",
        }.OfType<string>();
        var where = string.Join(" AND ", conditions);
        return tx.ListAsync<Assignment>(
            $"{AssignmentSql}{(where.Length > 0 ? $" WHERE {where}" : "")} ORDER BY a.user_id, a.project_id, a.role_id",
            new { user, project }
        );
    }
}
