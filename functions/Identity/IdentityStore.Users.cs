using Pipeline.Data;
using Pipeline.Identity.Users;

namespace Pipeline.Identity;

internal sealed partial class IdentityStore
{
    private const string UserColumns = """
        id, domain_id, name, default_project_id, enabled, extra, options,
        (SELECT p.expires_at FROM passwords p WHERE p.user_id = users.id) AS password_expires_at
        """;

    /// <inheritdoc cref="ProjectsAsync"/>
    public ValueTask<IReadOnlyList<User>> UsersAsync(Tx tx, ListFilter filter) =>
        tx.ListAsync<User>(
            $"SELECT {UserColumns} FROM users WHERE {filter.Where()} ORDER BY id{filter.SqlLimit(paged: true)}",
            filter.Arguments()
        );

    public ValueTask<User?> FindUserAsync(Tx tx, string id) =>
        tx.FindAsync<User>($"SELECT {UserColumns} FROM users WHERE id = @id", new { id });

    /// <summary>False when the domain has a user of that name.</summary>
    public async ValueTask<bool> TryAddUserAsync(Tx tx, User user) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO users (id, domain_id, name, default_project_id, enabled, extra, options, created_at)
            VALUES (@Id, @DomainId, @Name, @DefaultProjectId, @Enabled, @Extra, @Options, @now)
            ON CONFLICT DO NOTHING
            """,
            user
        ) == 1;

    /// <inheritdoc cref="TryAddUserAsync"/>
    public async ValueTask<bool> TryUpdateUserAsync(Tx tx, User user) =>
        await tx.ExecuteAsync(
            """
            UPDATE users
            SET name = @Name, default_project_id = @DefaultProjectId, enabled = @Enabled, extra = @Extra,
                options = @Options
            WHERE id = @Id AND NOT EXISTS (
                SELECT 1 FROM users AS other
                WHERE other.domain_id = @DomainId AND other.name = @Name AND other.id <> @Id)
            """,
            user
        ) == 1;

    public async ValueTask DeleteUserAsync(Tx tx, UserId id)
    {
        await DeleteGrantsToAsync(tx, Assignments.Grant.ToUser, id.Value);
        await tx.ExecuteAsync("DELETE FROM memberships WHERE user_id = @id", new { id });
        await DeleteAccessRulesAsync(tx, id);
        await Credentials.CredentialStore.DeleteOfAsync(tx, id, project: null);
        await DeleteLoginsAsync(tx, id);
        await tx.ExecuteAsync("DELETE FROM federated_users WHERE user_id = @id", new { id });
        await tx.ExecuteAsync("DELETE FROM mapped_memberships WHERE user_id = @id", new { id });
        await tx.ExecuteAsync("DELETE FROM users WHERE id = @id", new { id });
    }
}
