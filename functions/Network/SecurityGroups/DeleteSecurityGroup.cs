using Pipeline.Data;
using Pipeline.Network.Hosts;
using Pipeline.Network.Wire;

namespace Pipeline.Network.SecurityGroups;

/// <summary>Deletes a group that no port uses, with its rules and other groups' rules that name it. The default group is an admin's to delete.</summary>
internal sealed class DeleteSecurityGroup(Database db, SecurityGroupBook book)
{
    private const string Rule = "network:security-groups:delete";

    [Function("network-delete-security-group"), Policy(Rule, Require.ProjectMember), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "network/v2.0/security-groups/{id}")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        await db.WriteAsync(async tx =>
        {
            await tx.LockGroupsAsync([(await tx.GetOwnGroupAsync(caller, id, "delete_security_group")).Id]);
            var group = await tx.GetOwnGroupAsync(caller, id, "delete_security_group");
            request.CheckRevision(group.RevisionNumber);
            await book.RemoveAsync(tx, group, caller.IsAdmin);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"security-group/{group.Id}"));
        });
        return Answer.NoContent();
    }
}
