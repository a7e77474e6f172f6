using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Trunks;

internal sealed class UpdateTrunk(Database db)
{
    private const string Rule = "network:trunks:update";

    [Function("network-update-trunk"), Policy(Rule, Require.ProjectMember)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "network/v2.0/trunks/{id}")] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        var body = await request.ReadFieldsAsync(request.HttpContext.RequestAborted);
        var trunk = await db.WriteAsync(async tx =>
        {
            var before = await tx.LockTrunkAsync(caller, id);
            request.CheckRevision(before.RevisionNumber);
            var item = body.Updated(TrunkView.All, caller);
            var after = before with
            {
                Name = item.Text("name", before.Name),
                Description = item.Text("description", before.Description),
                AdminStateUp = item.Flag("admin_state_up", before.AdminStateUp),
            };
            if (after != before)
            {
                await tx.UpdateTrunkAsync(after);
                await tx.AuditAsync(caller.Audit(requestId, Rule, $"trunk/{before.Id}"));
            }
            return await tx.TrunkItemAsync(before.Id);
        });
        return TrunkView.All.Show(request, caller, trunk);
    }
}
