using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.PrefixPools;

internal sealed class UpdateSubnetPool(Database db)
{
    private const string Rule = "network:subnet-pools:update";

    [Function("network-update-subnet-pool"), Policy(Rule, Require.ProjectMember)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "network/v2.0/subnetpools/{id}")] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        var body = await request.ReadFieldsAsync(request.HttpContext.RequestAborted);
        var pool = await db.WriteAsync(async tx =>
        {
            var before = await tx.LockOwnPoolAsync(caller, id, "update_subnetpool");
            request.CheckRevision(before.RevisionNumber);
            var after = NewSubnetPool.Update(before, body.Updated(SubnetPoolView.All, caller));
            if (after != before)
            {
                await tx.CheckPoolAsync(caller, before, after);
                await tx.UpdateSubnetPoolAsync(after);
                await tx.AuditAsync(caller.Audit(requestId, Rule, $"subnet-pool/{id}"));
            }
            return await tx.PoolItemAsync(before.Id, caller.Viewer());
        });
        return SubnetPoolView.All.Show(request, caller, pool);
    }
}
