using Pipeline.Data;
using Pipeline.Identity.Groups;
using Pipeline.Identity.Users;

namespace Pipeline.Identity;

internal sealed partial class IdentityStore
{
    private const string GroupColumns = "id, domain_id, name, description, extra";

    /// <inheritdoc cref="ProjectsAsync"/>
    public ValueTask<IReadOnlyList<Group>> GroupsAsync(Tx tx, ListFilter filter) =>
        tx.ListAsync<Group>(
            $"SELECT {GroupColumns} FROM user_groups WHERE {filter.Where()} ORDER BY id{filter.SqlLimit(paged: true)}",
            filter.Arguments()
        );

    public ValueTask<Group?> FindGroupAsync(Tx tx, string id) =>
        tx.FindAsync<Group>($"SELECT {GroupColumns} FROM user_groups WHERE id = @id", new { id });

    public async ValueTask<GroupId?> GroupIdAsync(Tx tx, DomainId domain, string name) =>
        await tx.ScalarAsync<string>(
            "SELECT id FROM user_groups WHERE domain_id = @domain AND name = @name",
            new { domain, name }
        )
            is { } id
            ? new(id)
            : null;

    public ValueTask<IReadOnlyList<Group>> GroupsOfAsync(Tx tx, UserId user) =>
        tx.ListAsync<Group>(
            $"""
            SELECT {GroupColumns} FROM user_groups
            WHERE id IN (SELECT group_id FROM memberships WHERE user_id = @user) ORDER BY id
            """,
            new { user }
        );

    /// <inheritdoc cref="UsersAsync"/>
    public ValueTask<IReadOnlyList<User>> UsersInAsync(Tx tx, GroupId group) =>
        tx.ListAsync<User>(
            $"""
            SELECT {UserColumns} FROM users
            WHERE id IN (SELECT user_id FROM memberships WHERE group_id = @group) ORDER BY id
            """,
            new { group }
        );

    /// <summary>False when the domain has a group of that name.</summary>
    public async ValueTask<bool> TryAddGroupAsync(Tx tx, Group group) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO user_groups (id, domain_id, name, description, extra, created_at)
            VALUES (@Id, @DomainId, @Name, @Description, @Extra, @now)
            ON CONFLICT DO NOTHING
            """,
            group
        ) == 1;

    /// <inheritdoc cref="TryAddGroupAsync"/>
    public async ValueTask<bool> TryUpdateGroupAsync(Tx tx, Group group) =>
        await tx.ExecuteAsync(
            """
            UPDATE user_groups SET name = @Name, description = @Description, extra = @Extra
            WHERE id = @Id AND NOT EXISTS (
                SELECT 1 FROM user_groups AS other
                WHERE other.domain_id = @DomainId AND other.name = @Name AND other.id <> @Id)
            """,
            group
        ) == 1;

    public async ValueTask DeleteGroupAsync(Tx tx, GroupId id)
    {
        await DeleteGrantsToAsync(tx, Assignments.Grant.ToGroup, id.Value);
        await tx.ExecuteAsync("DELETE FROM memberships WHERE group_id = @id", new { id });
        await tx.ExecuteAsync("DELETE FROM user_groups WHERE id = @id", new { id });
    }

    /// <summary>False when the user was in it already.</summary>
    public async ValueTask<bool> AddMemberAsync(Tx tx, GroupId group, UserId user) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO memberships (group_id, user_id, created_at) VALUES (@group, @user, @now)
            ON CONFLICT DO NOTHING
            """,
            new { group, user }
        ) == 1;

    /// <summary>False when the user was not in it.</summary>
    public async ValueTask<bool> RemoveMemberAsync(Tx tx, GroupId group, UserId user) =>
        await tx.ExecuteAsync(
            "DELETE FROM memberships WHERE group_id = @group AND user_id = @user",
            new { group, user }
        ) == 1;

    public async ValueTask<bool> IsMemberAsync(Tx tx, GroupId group, UserId user) =>
        await tx.ScalarAsync<long>(
            "SELECT COUNT(*) FROM memberships WHERE group_id = @group AND user_id = @user",
            new { group, user }
        ) == 1;
}
