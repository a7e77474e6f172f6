using Pipeline.Data;

namespace Pipeline.Identity;

internal static class AuditTrail
{
    public static ValueTask AuditAsync(this Tx tx, Caller caller, RequestId request, string rule, string target) =>
        tx.AuditAsync(new(caller.UserId, caller.ProjectId, caller.DomainId, request.Value, rule, target));
}
