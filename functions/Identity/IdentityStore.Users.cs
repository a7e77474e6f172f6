using Pipeline.Data;
using Pipeline.Identity.Users;

namespace Pipeline.Identity;

internal sealed partial class IdentityStore
{
    private const string UserColumns = "id, domain_id, name, default_project_id, enabled, extra";

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
            INSERT INTO users (id, domain_id, name, default_project_id, enabled, extra, created_at)
            VALUES (@Id, @DomainId, @Name, @DefaultProjectId, @Enabled, @Extra, @now)
            ON CONFLICT DO NOTHING
            """,
            user
        ) == 1;

    /// <inheritdoc cref="TryAddUserAsync"/>
    public async ValueTask<bool> TryUpdateUserAsync(Tx tx, User user) =>
        await tx.ExecuteAsync(
            """
            UPDATE users
            SET name = @Name, default_project_id = @DefaultProjectId, enabled = @Enabled, extra = @Extra
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
        await tx.ExecuteAsync("DELETE FROM passwords WHERE user_id = @id", new { id });
        await tx.ExecuteAsync("DELETE FROM users WHERE id = @id", new { id });
    }

    public ValueTask<string?> FindHashAsync(Tx tx, UserId user) =>
        tx.ScalarAsync<string>("SELECT hash FROM passwords WHERE user_id = @user", new { user });

    public ValueTask<int> SetHashAsync(Tx tx, UserId user, string hash) =>
        tx.ExecuteAsync(
            """
            INSERT INTO passwords (user_id, hash, changed_at) VALUES (@user, @hash, @now)
            ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at
            """,
            new { user, hash }
        );

    /// <summary>Stores the same password at a higher cost; false when it was changed meanwhile.</summary>
    public async ValueTask<bool> ReplaceHashAsync(Tx tx, UserId user, string hash, string better) =>
        await tx.ExecuteAsync(
            "UPDATE passwords SET hash = @better WHERE user_id = @user AND hash = @hash",
            new
            {
                user,
                hash,
                better,
            }
        ) == 1;
}
