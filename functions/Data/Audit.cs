using Pipeline.Contracts;

namespace Pipeline.Data;

/// <summary>Who changed what under which rule; written by the transaction that makes the change.</summary>
public sealed record AuditRecord(
    UserId? User,
    ProjectId? Project,
    DomainId? Domain,
    string RequestId,
    string Rule,
    string Target,
    string Result = "success"
);

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
