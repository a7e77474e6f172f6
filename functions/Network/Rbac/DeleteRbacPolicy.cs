using Pipeline.Data;

namespace Pipeline.Network.Rbac;

internal sealed class DeleteRbacPolicy(Database db)
{
    private const string Rule = "network:rbac-policies:delete";

    [Function("network-delete-rbac-policy"), Policy(Rule, Require.ProjectMember), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "network/v2.0/rbac-policies/{id}")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        await db.WriteAsync(async tx =>
        {
            await RbacBook.RemoveAsync(tx, await tx.GetPolicyAsync(caller, id));
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"rbac-policy/{id}"));
        });
        return Answer.NoContent();
    }
}
