using Pipeline.Data;

namespace Pipeline.Identity.Roles;

internal sealed class ListRoles(Database db, IdentityStore store, Policies policies, IdentityUrls urls)
{
    private const string Rule = "identity:list_roles";
    private const string DomainRule = "identity:list_domain_roles";

    [Function("identity-list-roles"), Policy(Rule, Require.Token, Check = Checks.ListRoles), Answers(200)]
    [FurtherRule(DomainRule, Checks.ListRoles)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/roles")] HttpRequest request,
        Caller caller
    )
    {
        var query = Query.Of(request);
        var domain = query["domain_id"] ?? "";
        policies.Enforce(domain.Length > 0 ? DomainRule : Rule, caller, Targets.List(caller));
        var roles = await db.ReadAsync(tx => store.RolesAsync(tx, domain, query["name"]));
        return RoleView.Answer(request, urls, roles, "roles");
    }
}
