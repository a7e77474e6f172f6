using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.AddressGroups;

internal sealed class DeleteAddressGroup(Database db)
{
    private const string Rule = "network:address-groups:delete";

    [Function("network-delete-address-group"), Policy(Rule, Require.ProjectMember), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "network/v2.0/address-groups/{id}")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        await db.WriteAsync(async tx =>
        {
            var group = await tx.LockOwnAddressGroupAsync(caller, id, "delete_address_group");
            request.CheckRevision(group.RevisionNumber);
            await tx.RemoveAddressGroupAsync(group.Id);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"address-group/{id}"));
        });
        return Answer.NoContent();
    }
}
