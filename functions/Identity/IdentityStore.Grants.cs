using Pipeline.Data;
using Pipeline.Identity.Assignments;
using Pipeline.Identity.Domains;
using Pipeline.Identity.Projects;
using Pipeline.Identity.Tokens;

namespace Pipeline.Identity;

internal sealed partial class IdentityStore
{
    private const string ToActor = """
        ((actor_kind = 'user' AND actor_id = @user) OR (actor_kind = 'group'
            AND actor_id IN (SELECT group_id FROM memberships WHERE user_id = @user)))
        """;

    private const string OneGrant = """
        actor_kind = @ActorKind AND actor_id = @ActorId AND target_kind = @TargetKind AND target_id = @TargetId
        AND inherited = @Inherited
        """;

    private const string AssignmentSql = """
        SELECT g.actor_kind, g.actor_id, COALESCE(u.name, ug.name) AS actor_name,
               COALESCE(u.domain_id, ug.domain_id) AS actor_domain_id, ad.name AS actor_domain_name,
               g.target_kind, g.target_id, COALESCE(p.name, d.name) AS target_name,
               p.domain_id AS target_domain_id, pd.name AS target_domain_name, g.role_id, g.inherited
        FROM grants g
        LEFT JOIN users u ON g.actor_kind = 'user' AND u.id = g.actor_id
        LEFT JOIN user_groups ug ON g.actor_kind = 'group' AND ug.id = g.actor_id
        LEFT JOIN domains ad ON ad.id = COALESCE(u.domain_id, ug.domain_id)
        LEFT JOIN projects p ON g.target_kind = 'project' AND p.id = g.target_id
        LEFT JOIN domains pd ON pd.id = p.domain_id
        LEFT JOIN domains d ON g.target_kind = 'domain' AND d.id = g.target_id
        """;

    /// <summary>Who gives a role, and who deletes what roles are given to or on, go one after the other.</summary>
    public ValueTask LockGrantsAsync(Tx tx) => tx.LockAsync("identity/grants");

    /// <summary>False when it was there already.</summary>
    public async ValueTask<bool> AddGrantAsync(Tx tx, Grant grant) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO grants (actor_kind, actor_id, target_kind, target_id, role_id, inherited)
            VALUES (@ActorKind, @ActorId, @TargetKind, @TargetId, @RoleId, @Inherited)
            ON CONFLICT DO NOTHING
            """,
            grant
        ) == 1;

    /// <summary>False when there was none.</summary>
    public async ValueTask<bool> DeleteGrantAsync(Tx tx, Grant grant) =>
        await tx.ExecuteAsync($"DELETE FROM grants WHERE {OneGrant} AND role_id = @RoleId", grant) == 1;

    /// <summary>The roles given by grants of this actor on this target, as they stand in rows.</summary>
    public ValueTask<IReadOnlyList<RoleId>> GrantedAsync(Tx tx, Grant like) =>
        tx.ListAsync<RoleId>($"SELECT role_id FROM grants WHERE {OneGrant} ORDER BY role_id", like);

    public ValueTask<int> DeleteGrantsToAsync(Tx tx, string kind, string actor) =>
        tx.ExecuteAsync("DELETE FROM grants WHERE actor_kind = @kind AND actor_id = @actor", new { kind, actor });

    public ValueTask<int> DeleteGrantsOnAsync(Tx tx, string kind, string target) =>
        tx.ExecuteAsync("DELETE FROM grants WHERE target_kind = @kind AND target_id = @target", new { kind, target });

    /// <summary>The roles that a user has somewhere: own and by groups, inherited ones too, without those they imply.</summary>
    public ValueTask<IReadOnlyList<RoleId>> AssignedAsync(Tx tx, UserId user, TokenScope on) =>
        on.Kind == ScopeKind.Project
            ? tx.ListAsync<RoleId>(
                $"""
                WITH RECURSIVE up (id, parent_id, domain_id) AS (
                    SELECT id, parent_id, domain_id FROM projects WHERE id = @target
                    UNION ALL
                    SELECT p.id, p.parent_id, p.domain_id FROM projects p JOIN up ON p.id = up.parent_id)
                SELECT DISTINCT role_id FROM grants WHERE {ToActor} AND (
                    (target_kind = 'project' AND target_id = @target AND inherited = 0)
                    OR (target_kind = 'project' AND inherited = 1 AND target_id <> @target
                        AND target_id IN (SELECT id FROM up))
                    OR (target_kind = 'domain' AND inherited = 1 AND target_id IN (SELECT domain_id FROM up)))
                ORDER BY role_id
                """,
                new { user, target = on.Id }
            )
            : tx.ListAsync<RoleId>(
                $"""
                SELECT DISTINCT role_id FROM grants
                WHERE {ToActor} AND target_kind = @kind AND target_id = @target AND inherited = 0 ORDER BY role_id
                """,
                new
                {
                    user,
                    kind = on.Word,
                    target = on.Id,
                }
            );

    /// <summary>The projects that a user has a role on, in whatever way.</summary>
    public ValueTask<IReadOnlyList<Project>> ProjectsOfAsync(Tx tx, UserId user) =>
        tx.ListAsync<Project>(
            $"""
            WITH RECURSIVE below (id) AS (
                SELECT id FROM projects WHERE parent_id IN (
                    SELECT target_id FROM grants WHERE {ToActor} AND target_kind = 'project' AND inherited = 1)
                UNION
                SELECT p.id FROM projects p JOIN below ON p.parent_id = below.id)
            SELECT {ProjectColumns} FROM projects WHERE id IN (
                SELECT target_id FROM grants WHERE {ToActor} AND target_kind = 'project' AND inherited = 0)
            OR id IN (SELECT id FROM below)
            OR domain_id IN (SELECT target_id FROM grants WHERE {ToActor} AND target_kind = 'domain' AND inherited = 1)
            ORDER BY id
            """,
            new { user }
        );

    /// <summary>The domains that a user has a role on.</summary>
    public ValueTask<IReadOnlyList<Domain>> DomainsOfAsync(Tx tx, UserId user) =>
        tx.ListAsync<Domain>(
            $"""
            SELECT {DomainColumns} FROM domains WHERE id IN (
                SELECT target_id FROM grants WHERE {ToActor} AND target_kind = 'domain' AND inherited = 0)
            ORDER BY id
            """,
            new { user }
        );

    /// <summary>Grants as they stand in rows, with names.</summary>
    public ValueTask<IReadOnlyList<Assignment>> AssignmentsAsync(Tx tx, AssignmentFilter filter) =>
        tx.ListAsync<Assignment>(
            $"{AssignmentSql} WHERE {filter.Where()} ORDER BY g.actor_kind DESC, g.actor_id, g.target_kind DESC, g.target_id, g.role_id",
            filter.Arguments()
        );

    public ValueTask<IReadOnlyList<MemberRow>> MembersAsync(Tx tx, IReadOnlyCollection<string> groups) =>
        tx.ListAsync<MemberRow>(
            """
            SELECT m.group_id, u.id, u.name, u.domain_id, d.name AS domain_name
            FROM memberships m JOIN users u ON u.id = m.user_id JOIN domains d ON d.id = u.domain_id
            WHERE m.group_id IN @groups ORDER BY u.id
            """,
            new { groups }
        );

    public ValueTask<IReadOnlyList<ProjectRow>> ProjectRowsAsync(Tx tx) =>
        tx.ListAsync<ProjectRow>(
            """
            SELECT p.id, p.name, p.parent_id, p.domain_id, d.name AS domain_name
            FROM projects p JOIN domains d ON d.id = p.domain_id ORDER BY p.id
            """
        );
}
