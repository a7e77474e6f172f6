using Pipeline.Data;
using Pipeline.Identity.Changes;

namespace Pipeline.Identity.Roles;

/// <summary>Nobody has the role any more, and tokens that were issued with it end.</summary>
internal sealed class DeleteRole(Database db, IdentityStore store, Policies policies, ChangeLog changes)
{
    private const string Rule = "identity:delete_role";

    [Function("identity-delete-role"), Policy(Rule, Require.Token, Check = Checks.Admin), Answers(204)]
    [FurtherRule("identity:delete_domain_role", Checks.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "identity/v3/roles/{role_id}")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string roleId
    )
    {
        await db.WriteAsync(async tx =>
        {
            await store.LockGrantsAsync(tx);
            var found = await store.FindRoleAsync(tx, roleId);
            policies.Enforce(RoleRules.Of(Rule, found), caller, RoleRules.Target(found));
            var role = found ?? throw Refusals.NotFound("role", roleId);
            await store.DeleteRoleAsync(tx, role.Id);
            await changes.AddAsync(tx, Change.Roles(revokes: true));
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"role/{role.Id}"));
        });
        return Answer.NoContent();
    }
}
