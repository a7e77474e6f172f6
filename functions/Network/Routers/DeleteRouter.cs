using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Routers;

/// <summary>Deletes a router without interfaces; its gateway goes with it, once its host has let go.</summary>
internal sealed class DeleteRouter(Database db, RouterRemoval removal)
{
    private const string Rule = "network:routers:delete";

    [Function("network-delete-router"), Policy(Rule, Require.ProjectMember), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "network/v2.0/routers/{id}")] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        await db.WriteAsync(async tx =>
        {
            var router = await tx.LockRouterAsync(caller, id);
            request.CheckRevision(router.RevisionNumber);
            await removal.RemoveAsync(tx, router);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"router/{router.Id}"));
        });
        return Answer.NoContent();
    }
}
