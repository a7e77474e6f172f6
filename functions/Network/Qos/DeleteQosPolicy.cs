using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Qos;

internal sealed class DeleteQosPolicy(Database db)
{
    private const string Rule = "network:qos-policies:delete";

    [Function("network-delete-qos-policy"), Policy(Rule, Require.ProjectManager), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "network/v2.0/qos/policies/{id}")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        await db.WriteAsync(async tx =>
        {
            var policy = await tx.LockOwnQosPolicyAsync(caller, id, "delete_policy");
            request.CheckRevision(policy.RevisionNumber);
            await tx.RemoveQosPolicyAsync(policy.Id);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"qos-policy/{id}"));
        });
        return Answer.NoContent();
    }
}
