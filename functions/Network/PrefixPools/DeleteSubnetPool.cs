using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.PrefixPools;

internal sealed class DeleteSubnetPool(Database db)
{
    private const string Rule = "network:subnet-pools:delete";

    [Function("network-delete-subnet-pool"), Policy(Rule, Require.ProjectMember), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "network/v2.0/subnetpools/{id}")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        await db.WriteAsync(async tx =>
        {
            var pool = await tx.LockOwnPoolAsync(caller, id, "delete_subnetpool");
            request.CheckRevision(pool.RevisionNumber);
            await tx.RemoveSubnetPoolAsync(pool);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"subnet-pool/{id}"));
        });
        return Answer.NoContent();
    }
}
