using Pipeline.Data;

namespace Pipeline.Identity.Roles;

internal sealed class ShowRole(Database db, IdentityStore store, Policies policies, IdentityUrls urls)
{
    private const string Rule = "identity:get_role";

    [Function("identity-show-role"), Policy(Rule, Require.Token, Check = Checks.ListRoles), Answers(200)]
    [FurtherRule("identity:get_domain_role", Checks.ListRoles)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/roles/{role_id}")] HttpRequest request,
        Caller caller,
        string roleId
    )
    {
        var role = await db.ReadAsync(tx => store.FindRoleAsync(tx, roleId));
        policies.Enforce(RoleRules.Of(Rule, role), caller, RoleRules.Target(role));
        return RoleView.Answer(200, request, urls, role ?? throw Refusals.NotFound("role", roleId));
    }
}
