using Pipeline.Data;
using Pipeline.Identity.Roles;

namespace Pipeline.Identity;

internal sealed partial class IdentityStore
{
    private const string RoleColumns = "id, domain_id, name, description, extra";

    public ValueTask<IReadOnlyList<Role>> RolesAsync(Tx tx) =>
        tx.ListAsync<Role>($"SELECT {RoleColumns} FROM all_roles ORDER BY number");

    /// <param name="domain">Empty for the roles of the whole cloud.</param>
    public ValueTask<IReadOnlyList<Role>> RolesAsync(Tx tx, string domain, string? name) =>
        tx.ListAsync<Role>(
            $"""
            SELECT {RoleColumns} FROM all_roles
            WHERE domain_id = @domain{(name is null ? "" : " AND name = @name")} ORDER BY number
            """,
            new { domain, name }
        );

    public ValueTask<Role?> FindRoleAsync(Tx tx, string id) =>
        tx.FindAsync<Role>($"SELECT {RoleColumns} FROM all_roles WHERE id = @id", new { id });

    /// <summary>False when there is a role of that name in its domain.</summary>
    public async ValueTask<bool> TryAddRoleAsync(Tx tx, Role role)
    {
        var number = await tx.ScalarAsync<long>(
            "UPDATE identity_state SET role_number = role_number + 1 WHERE id = 1 RETURNING role_number"
        );
        return await tx.ExecuteAsync(
                """
                INSERT INTO all_roles (id, number, domain_id, name, description, extra, created_at)
                VALUES (@Id, @number, @DomainId, @Name, @Description, @Extra, @now)
                ON CONFLICT DO NOTHING
                """,
                new
                {
                    role.Id,
                    number,
                    role.DomainId,
                    role.Name,
                    role.Description,
                    role.Extra,
                }
            ) == 1;
    }

    /// <inheritdoc cref="TryAddRoleAsync"/>
    public async ValueTask<bool> TryUpdateRoleAsync(Tx tx, Role role) =>
        await tx.ExecuteAsync(
            """
            UPDATE all_roles SET name = @Name, description = @Description, extra = @Extra
            WHERE id = @Id AND NOT EXISTS (
                SELECT 1 FROM all_roles AS other
                WHERE other.domain_id = @DomainId AND other.name = @Name AND other.id <> @Id)
            """,
            role
        ) == 1;

    /// <summary>False when it was so already.</summary>
    public async ValueTask<bool> AddImplicationAsync(Tx tx, RoleId role, RoleId implied) =>
        await tx.ExecuteAsync(
            "INSERT INTO implications (role_id, implied_id) VALUES (@role, @implied) ON CONFLICT DO NOTHING",
            new { role, implied }
        ) == 1;

    /// <summary>False when it was not so.</summary>
    public async ValueTask<bool> DeleteImplicationAsync(Tx tx, RoleId role, RoleId implied) =>
        await tx.ExecuteAsync(
            "DELETE FROM implications WHERE role_id = @role AND implied_id = @implied",
            new { role, implied }
        ) == 1;

    /// <summary>Which role implies which, directly.</summary>
    public ValueTask<IReadOnlyList<Cache.Implication>> ImplicationsAsync(Tx tx) =>
        tx.ListAsync<Cache.Implication>(
            """
            SELECT i.role_id, i.implied_id FROM implications i
            JOIN all_roles r ON r.id = i.role_id JOIN all_roles s ON s.id = i.implied_id ORDER BY r.number, s.number
            """
        );

    public async ValueTask DeleteRoleAsync(Tx tx, RoleId id)
    {
        await tx.ExecuteAsync("DELETE FROM grants WHERE role_id = @id", new { id });
        await tx.ExecuteAsync("DELETE FROM implications WHERE role_id = @id OR implied_id = @id", new { id });
        await tx.ExecuteAsync("DELETE FROM all_roles WHERE id = @id", new { id });
    }
}
