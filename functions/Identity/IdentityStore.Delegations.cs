using Pipeline.Data;
using Pipeline.Identity.ApplicationCredentials;
using Pipeline.Identity.Delegations;
using Pipeline.Identity.Tokens;
using Pipeline.Identity.Trusts;

namespace Pipeline.Identity;

internal sealed partial class IdentityStore
{
    private const string CredentialColumns =
        "id, user_id, project_id, name, description, roles, unrestricted, access_rules, expires_at";
    private const string TrustColumns =
        "id, trustor_id, trustee_id, project_id, roles, impersonation, remaining_uses, expires_at, root_id, agents, "
        + "redelegated_trust_id, redelegation_count";

    public ValueTask<Delegation?> DelegationAsync(Tx tx, Delegated named) =>
        named.Kind == DelegationKind.ApplicationCredential
            ? tx.FindAsync<Delegation>(
                """
                SELECT id, 1 AS kind, name, user_id AS owner_id, user_id AS trustor_id, user_id AS bearer_id,
                       project_id, roles,
                       1 AS impersonation, unrestricted, expires_at, access_rules, secret_hash
                FROM application_credentials WHERE id = @Id
                """,
                new { named.Id }
            )
            : tx.FindAsync<Delegation>(
                """
                SELECT id, 2 AS kind, COALESCE(root_id, trustor_id) AS owner_id, trustor_id, trustee_id AS bearer_id,
                       project_id, roles, agents, impersonation, 0 AS unrestricted, expires_at, remaining_uses
                FROM trusts WHERE id = @Id AND (remaining_uses IS NULL OR remaining_uses >= 0)
                """,
                new { named.Id }
            );

    public ValueTask<string?> CredentialIdAsync(Tx tx, UserId user, string name) =>
        tx.ScalarAsync<string>(
            "SELECT id FROM application_credentials WHERE user_id = @user AND name = @name",
            new { user, name }
        );

    public ValueTask<IReadOnlyList<ApplicationCredential>> CredentialsAsync(Tx tx, UserId user) =>
        tx.ListAsync<ApplicationCredential>(
            $"SELECT {CredentialColumns} FROM application_credentials WHERE user_id = @user ORDER BY created_at, id",
            new { user }
        );

    public ValueTask<ApplicationCredential?> FindCredentialAsync(Tx tx, UserId user, string id) =>
        tx.FindAsync<ApplicationCredential>(
            $"SELECT {CredentialColumns} FROM application_credentials WHERE user_id = @user AND id = @id",
            new { user, id }
        );

    /// <summary>False when the user has one of that name.</summary>
    public async ValueTask<bool> TryAddCredentialAsync(Tx tx, ApplicationCredential made, string hash) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO application_credentials
                (id, user_id, project_id, name, description, secret_hash, roles, unrestricted, access_rules, expires_at,
                 created_at)
            VALUES (@Id, @UserId, @ProjectId, @Name, @Description, @hash, @Roles, @Unrestricted, @AccessRules,
                    @ExpiresAt, @now)
            ON CONFLICT DO NOTHING
            """,
            new
            {
                made.Id,
                made.UserId,
                made.ProjectId,
                made.Name,
                made.Description,
                hash,
                made.Roles,
                made.Unrestricted,
                made.AccessRules,
                made.ExpiresAt,
            }
        ) == 1;

    public ValueTask<int> DeleteCredentialAsync(Tx tx, string id) =>
        tx.ExecuteAsync("DELETE FROM application_credentials WHERE id = @id", new { id });

    /// <summary>The application credentials and trusts that end with a user's role on a project, a user, or a project.</summary>
    /// <param name="user">Null for those of all users; else those of whom it is, or who bears it.</param>
    /// <param name="project">Null for those on all projects.</param>
    /// <returns>Their ids.</returns>
    public async ValueTask<IReadOnlyList<string>> DeleteDelegationsAsync(Tx tx, UserId? user, ProjectId? project) =>
        [
            .. await tx.ListAsync<string>(
                $"""
                DELETE FROM application_credentials
                WHERE {(user is null ? "1 = 1" : "user_id = @user")}
                AND {(project is null ? "1 = 1" : "project_id = @project")} RETURNING id
                """,
                new { user, project }
            ),
            .. await DeleteTrustsAsync(
                tx,
                $"""
                {(
                    user is null ? "1 = 1"
                    : project is null ? "(trustor_id = @user OR trustee_id = @user)"
                    : "trustor_id = @user AND root_id IS NULL"
                )} AND {(project is null ? "1 = 1" : "project_id = @project")}
                """,
                new { user, project }
            ),
        ];

    public ValueTask<IReadOnlyList<AccessRuleView>> AccessRulesAsync(Tx tx, UserId user) =>
        tx.ListAsync<AccessRuleView>(
            "SELECT id, service, method, path FROM access_rules WHERE user_id = @user ORDER BY created_at, id",
            new { user }
        );

    public ValueTask<int> AddAccessRuleAsync(Tx tx, UserId user, AccessRuleView rule) =>
        tx.ExecuteAsync(
            """
            INSERT INTO access_rules (id, user_id, service, method, path, created_at)
            VALUES (@Id, @user, @Service, @Method, @Path, @now)
            """,
            new
            {
                rule.Id,
                user,
                rule.Service,
                rule.Method,
                rule.Path,
            }
        );

    public ValueTask<int> DeleteAccessRuleAsync(Tx tx, string id) =>
        tx.ExecuteAsync("DELETE FROM access_rules WHERE id = @id", new { id });

    public ValueTask<int> DeleteAccessRulesAsync(Tx tx, UserId user) =>
        tx.ExecuteAsync("DELETE FROM access_rules WHERE user_id = @user", new { user });

    /// <param name="trustor">Null for those of all.</param>
    /// <param name="trustee">Null for those of all.</param>
    public ValueTask<IReadOnlyList<Trust>> TrustsAsync(Tx tx, string? trustor, string? trustee) =>
        tx.ListAsync<Trust>(
            $"""
            SELECT {TrustColumns} FROM trusts
            WHERE {(trustor is null ? "1 = 1" : "trustor_id = @trustor")}
            AND {(trustee is null ? "1 = 1" : "trustee_id = @trustee")}
            AND (expires_at IS NULL OR expires_at > @now) AND (remaining_uses IS NULL OR remaining_uses > 0)
            ORDER BY created_at, id
            """,
            new { trustor, trustee }
        );

    public ValueTask<Trust?> FindTrustAsync(Tx tx, string id) =>
        tx.FindAsync<Trust>(
            $"""
            SELECT {TrustColumns} FROM trusts WHERE id = @id
            AND (expires_at IS NULL OR expires_at > @now) AND (remaining_uses IS NULL OR remaining_uses > 0)
            """,
            new { id }
        );

    public ValueTask<int> AddTrustAsync(Tx tx, Trust trust) =>
        tx.ExecuteAsync(
            """
            INSERT INTO trusts
                (id, trustor_id, trustee_id, project_id, roles, impersonation, remaining_uses, expires_at, root_id, agents,
                 redelegated_trust_id, redelegation_count, created_at)
            VALUES (@Id, @TrustorId, @TrusteeId, @ProjectId, @Roles, @Impersonation, @RemainingUses, @ExpiresAt, @RootId,
                    @Agents, @RedelegatedTrustId, @RedelegationCount, @now)
            """,
            trust
        );

    /// <summary>With those that were lent on from it.</summary>
    /// <returns>Their ids.</returns>
    public ValueTask<IReadOnlyList<string>> DeleteTrustAsync(Tx tx, string id) =>
        DeleteTrustsAsync(tx, "id = @id", new { id });

    private static ValueTask<IReadOnlyList<string>> DeleteTrustsAsync(Tx tx, string which, object arguments) =>
        tx.ListAsync<string>(
            $"""
            DELETE FROM trusts WHERE id IN (
                WITH RECURSIVE gone (gone_id) AS (
                    SELECT id FROM trusts WHERE {which}
                    UNION
                    SELECT t.id FROM trusts t JOIN gone ON t.redelegated_trust_id = gone.gone_id)
                SELECT gone_id FROM gone) RETURNING id
            """,
            arguments
        );

    /// <summary>False when none was left.</summary>
    public async ValueTask<bool> TakeUseAsync(Tx tx, string trust) =>
        await tx.ExecuteAsync(
            "UPDATE trusts SET remaining_uses = remaining_uses - 1 WHERE id = @trust AND remaining_uses > 0",
            new { trust }
        ) == 1;
}
