using Pipeline.Data;
using Pipeline.Identity.Roles;

namespace Pipeline.Identity.Assignments;

/// <summary>The roles of a user or group on one target, by assignments of their own.</summary>
internal sealed class ListGrants(Database db, IdentityStore store, Policies policies, IdentityUrls urls)
{
    private const string Rule = "identity:list_grants";
    private const string UserRule = "identity:list_system_grants_for_user";
    private const string GroupRule = "identity:list_system_grants_for_group";

    [Function("identity-list-grants"), Policy(Rule, Require.Token, Check = Checks.ReadGrant), Answers(200)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.ProjectUser)]
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.ProjectGroup)]
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.DomainUser)]
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.DomainGroup)]
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.BelowProjectUser + GrantPath.Inherited)]
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.BelowProjectGroup + GrantPath.Inherited)]
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.BelowDomainUser + GrantPath.Inherited)]
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.BelowDomainGroup + GrantPath.Inherited)]
            HttpRequest request,
        [AsParameters] GrantPath path,
        Caller caller
    ) => ListAsync(request, path, Rule, caller);

    [Function("identity-list-system-user-grants"), Policy(UserRule, Require.Token, Check = Checks.Read), Answers(200)]
    public Task<IResult> OfSystemUserAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.SystemUser)] HttpRequest request,
        [AsParameters] GrantPath path,
        Caller caller
    ) => ListAsync(request, path, UserRule, caller);

    [Function("identity-list-system-group-grants"), Policy(GroupRule, Require.Token, Check = Checks.Read), Answers(200)]
    public Task<IResult> OfSystemGroupAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.SystemGroup)] HttpRequest request,
        [AsParameters] GrantPath path,
        Caller caller
    ) => ListAsync(request, path, GroupRule, caller);

    private async Task<IResult> ListAsync(HttpRequest request, GrantPath path, string rule, Caller caller)
    {
        var roles = await db.ReadAsync(async tx =>
        {
            await path.CheckAsync(tx, store, policies, rule, caller);
            var granted = await store.GrantedAsync(tx, path.Grant);
            return (await store.RolesAsync(tx)).Where(role => granted.Contains(role.Id)).ToList();
        });
        var target = path.TargetKind == Grant.OnSystem ? "system" : $"{path.TargetKind}s/{path.TargetId}";
        var list = $"{target}/{path.ActorKind}s/{path.ActorId}/roles";
        return RoleView.Answer(
            request,
            urls,
            roles,
            path.InheritedToProjects ? $"OS-INHERIT/{list}{GrantPath.Inherited}" : list
        );
    }
}
