using Pipeline.Data;

namespace Pipeline.Identity.Roles;

internal sealed class ShowRole(Database db, IdentityStore store, IdentityUrls urls)
{
    [Function("identity-show-role"), Policy("identity:get_role", Require.Admin), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/roles/{role_id}")] HttpRequest request,
        string roleId
    )
    {
        var role = await db.ReadAsync(tx => store.FindRoleAsync(tx, roleId)) ?? throw Refusals.NotFound("role", roleId);
        return RoleView.Answer(200, request, urls, role);
    }
}
