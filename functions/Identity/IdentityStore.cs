using Pipeline.Data;
using Pipeline.Identity.Cache;
using Pipeline.Identity.Changes;

namespace Pipeline.Identity;

/// <summary>All of identity's SQL: changes and look-ups here, resources in the other parts.</summary>
internal sealed partial class IdentityStore(IdentityOptions options)
{
    /// <summary>How much longer a change is kept than the tokens it revokes live: clocks of functions hosts may differ.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(5);

    private const string UserFactsSql = """
        SELECT u.id, u.name, u.domain_id, d.name AS domain_name, u.default_project_id,
               u.enabled * d.enabled AS enabled, u.options, u.created_at, u.last_active_at, p.hash AS password_hash,
               p.expires_at AS password_expires_at, p.changed_at AS password_changed_at, p.chosen AS password_chosen
        FROM users u JOIN domains d ON d.id = u.domain_id LEFT JOIN passwords p ON p.user_id = u.id
        """;

    private const string ProjectFactsSql = """
        SELECT p.id, p.name, p.domain_id, d.name AS domain_name, p.enabled * d.enabled AS enabled
        FROM projects p JOIN domains d ON d.id = p.domain_id
        """;

    public async ValueTask<ChangeState> ChangeStateAsync(Tx tx) =>
        (await tx.FindAsync<ChangeState>("SELECT version, forgotten FROM identity_state WHERE id = 1"))!;

    public ValueTask<IReadOnlyList<Change>> ChangesAfterAsync(Tx tx, long version) =>
        tx.ListAsync<Change>(
            """
            SELECT version, kind, user_id, project_id, audit_id, subject, revokes, kept_until
            FROM identity_changes WHERE version > @version ORDER BY version
            """,
            new { version }
        );

    /// <summary>When it was committed, to the clock of the functions host that did it.</summary>
    public DateTimeOffset TimeOf(Change change) => change.KeptUntil - Slack - options.TokenLifetime;

    /// <summary>Takes the next version; others wait for it until this transaction ends.</summary>
    public async ValueTask AddChangeAsync(Tx tx, Change change)
    {
        var version = await tx.ScalarAsync<long>(
            "UPDATE identity_state SET version = version + 1 WHERE id = 1 RETURNING version"
        );
        await tx.ExecuteAsync(
            """
            INSERT INTO identity_changes (version, kind, user_id, project_id, audit_id, subject, revokes, kept_until)
            VALUES (@version, @Kind, @UserId, @ProjectId, @AuditId, @Subject, @Revokes, @keptUntil)
            """,
            new
            {
                version,
                change.Kind,
                change.UserId,
                change.ProjectId,
                change.AuditId,
                change.Subject,
                change.Revokes,
                keptUntil = tx.Now + options.TokenLifetime + Slack,
            }
        );
    }

    /// <summary>Removes the oldest changes that no living token can be hit by; the number removed.</summary>
    public async ValueTask<int> ForgetChangesAsync(Tx tx, int limit)
    {
        var last = await tx.ScalarAsync<long?>(
            """
            SELECT MAX(version) FROM (
                SELECT version FROM identity_changes WHERE kept_until <= @now ORDER BY version LIMIT @limit
            ) AS oldest
            """,
            new { limit }
        );
        if (last is null)
            return 0;
        await tx.ExecuteAsync("UPDATE identity_state SET forgotten = @last WHERE id = 1", new { last });
        return await tx.ExecuteAsync(
            "DELETE FROM identity_changes WHERE version <= @last AND kept_until <= @now",
            new { last }
        );
    }

    public ValueTask<UserFacts?> UserFactsAsync(Tx tx, UserId id) =>
        tx.FindAsync<UserFacts>($"{UserFactsSql} WHERE u.id = @id", new { id });

    public ValueTask<UserFacts?> UserFactsAsync(Tx tx, DomainId domain, string name) =>
        tx.FindAsync<UserFacts>($"{UserFactsSql} WHERE u.domain_id = @domain AND u.name = @name", new { domain, name });

    public ValueTask<ProjectFacts?> ProjectFactsAsync(Tx tx, ProjectId id) =>
        tx.FindAsync<ProjectFacts>($"{ProjectFactsSql} WHERE p.id = @id", new { id });

    public ValueTask<ProjectFacts?> ProjectFactsAsync(Tx tx, DomainId domain, string name) =>
        tx.FindAsync<ProjectFacts>(
            $"{ProjectFactsSql} WHERE p.domain_id = @domain AND p.name = @name",
            new { domain, name }
        );

    public ValueTask<DomainFacts?> DomainFactsAsync(Tx tx, string text, bool name) =>
        tx.FindAsync<DomainFacts>(
            $"SELECT id, name, enabled FROM domains WHERE {(name ? "name" : "id")} = @text",
            new { text }
        );

    public async ValueTask<RoleSet> RoleSetAsync(Tx tx) =>
        new(
            await tx.ListAsync<RoleFacts>(
                """
                SELECT r.id, r.number, r.name, r.domain_id, d.name AS domain_name
                FROM all_roles r LEFT JOIN domains d ON d.id = r.domain_id
                """
            ),
            await tx.ListAsync<Implication>("SELECT role_id, implied_id FROM implications")
        );
}
