using Pipeline.Data;
using Pipeline.Identity.Changes;

namespace Pipeline.Identity.Groups;

/// <summary>Its users lose the roles that they had by it, and the tokens that have them.</summary>
internal sealed class DeleteGroup(Database db, IdentityStore store, Policies policies, ChangeLog changes)
{
    private const string Rule = "identity:delete_group";

    [Function("identity-delete-group"), Policy(Rule, Require.Token, Check = Checks.WriteGroup), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "identity/v3/groups/{group_id}")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string groupId
    )
    {
        await db.WriteAsync(async tx =>
        {
            await store.LockGrantsAsync(tx);
            var found = await store.FindGroupAsync(tx, groupId);
            policies.Enforce(Rule, caller, Targets.Group(found));
            var group = found ?? throw Refusals.NotFound("group", groupId);
            await store.DeleteGroupAsync(tx, group.Id);
            await changes.AddAsync(tx, Change.Grants(revokes: true));
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"group/{group.Id}"));
        });
        return Answer.NoContent();
    }
}
