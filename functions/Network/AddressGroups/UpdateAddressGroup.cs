using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.AddressGroups;

internal sealed class UpdateAddressGroup(Database db)
{
    private const string Rule = "network:address-groups:update";

    [Function("network-update-address-group"), Policy(Rule, Require.ProjectMember)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "network/v2.0/address-groups/{id}")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        var body = await request.ReadFieldsAsync(request.HttpContext.RequestAborted);
        var group = await db.WriteAsync(async tx =>
        {
            var before = await tx.LockOwnAddressGroupAsync(caller, id, "update_address_group");
            request.CheckRevision(before.RevisionNumber);
            var item = body.Updated(AddressGroupView.All, caller);
            var after = before with
            {
                Name = item.Text("name", before.Name),
                Description = item.Text("description", before.Description),
            };
            if (after != before)
            {
                await tx.UpdateAddressGroupAsync(after);
                await tx.AuditAsync(caller.Audit(requestId, Rule, $"address-group/{id}"));
            }
            return await tx.AddressGroupItemAsync(before.Id, caller.Viewer());
        });
        return AddressGroupView.All.Show(request, caller, group);
    }
}
