using Pipeline.Contracts;

namespace Pipeline.Data;

/// <summary>Who changed what under which rule; written by the transaction that makes the change.</summary>
/// <param name="Project">Which their token was scoped to; the record stands in its chain, else in the domain's, else in the system's.</param>
/// <param name="Domain">Which their token was scoped to, or which the project is in.</param>
public sealed record AuditRecord(
    UserId? User,
    ProjectId? Project,
    DomainId? Domain,
    string RequestId,
    string Rule,
    string Target,
    string Result = "success"
);

/// <summary>The record alone: its place in a chain and its hash are given to it when it is committed (decision 0022).</summary>
public static class Audit
{
    public static async ValueTask AuditAsync(this Tx tx, AuditRecord entry) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO audit (at, user_id, project_id, domain_id, request_id, rule, target, result)
            VALUES (@now, @User, @Project, @Domain, @RequestId, @Rule, @Target, @Result)
            """,
            new
            {
                entry.User,
                entry.Project,
                entry.Domain,
                entry.RequestId,
                entry.Rule,
                entry.Target,
                entry.Result,
            }
        );
}
