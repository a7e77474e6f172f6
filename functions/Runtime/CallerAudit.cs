using Pipeline.Data;

namespace Pipeline.Runtime;

/// <summary>A caller's audit record of a mutation, to be written in the mutation's own transaction.</summary>
public static class CallerAudit
{
    /// <param name="rule">The function's policy rule.</param>
    /// <param name="target">What was changed, as `server/{id}`.</param>
    public static AuditRecord Audit(this Caller caller, RequestId request, string rule, string target) =>
        new(
            caller.IsAnonymous ? null : caller.UserId,
            caller.ProjectId,
            caller.DomainId ?? caller.ProjectDomainId,
            request.Value,
            rule,
            target
        );
}
