using Pipeline.Data;
using Pipeline.Identity.Changes;

namespace Pipeline.Identity.Roles;

/// <summary>Nobody has the role any more, and tokens that were issued with it end.</summary>
internal sealed class DeleteRole(Database db, IdentityStore store, ChangeLog changes)
{
    private const string Rule = "identity:delete_role";

    [Function("identity-delete-role"), Policy(Rule, Require.Admin), Answers(204)]
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
            var role = await store.FindRoleAsync(tx, roleId) ?? throw Refusals.NotFound("role", roleId);
            await store.DeleteRoleAsync(tx, role.Id);
            await changes.AddAsync(tx, Change.Roles());
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"role/{role.Id}"));
        });
        return Answer.NoContent();
    }
}
