using Pipeline.Data;

namespace Pipeline.Identity.Assignments;

/// <summary>GET and HEAD: 204 when there is such an assignment; what is implied or inherited is none.</summary>
internal sealed class CheckGrant(Database db, IdentityStore store, Policies policies)
{
    private const string Rule = "identity:check_grant";
    private const string UserRule = "identity:check_system_grant_for_user";
    private const string GroupRule = "identity:check_system_grant_for_group";

    [Function("identity-check-grant"), Policy(Rule, Require.Token, Check = Checks.ReadGrant), Answers(204)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.ProjectUser + GrantPath.One)]
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.ProjectGroup + GrantPath.One)]
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.DomainUser + GrantPath.One)]
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.DomainGroup + GrantPath.One)]
        [HttpTrigger(
            AuthorizationLevel.Anonymous,
            "get",
            Route = GrantPath.BelowProjectUser + GrantPath.One + GrantPath.Inherited
        )]
        [HttpTrigger(
            AuthorizationLevel.Anonymous,
            "get",
            Route = GrantPath.BelowProjectGroup + GrantPath.One + GrantPath.Inherited
        )]
        [HttpTrigger(
            AuthorizationLevel.Anonymous,
            "get",
            Route = GrantPath.BelowDomainUser + GrantPath.One + GrantPath.Inherited
        )]
        [HttpTrigger(
            AuthorizationLevel.Anonymous,
            "get",
            Route = GrantPath.BelowDomainGroup + GrantPath.One + GrantPath.Inherited
        )]
            HttpRequest request,
        [AsParameters] GrantPath path,
        Caller caller
    ) => CheckAsync(path, Rule, caller);

    [Function("identity-check-system-user-grant"), Policy(UserRule, Require.Token, Check = Checks.Read), Answers(204)]
    public Task<IResult> OfSystemUserAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.SystemUser + GrantPath.One)]
            HttpRequest request,
        [AsParameters] GrantPath path,
        Caller caller
    ) => CheckAsync(path, UserRule, caller);

    [Function("identity-check-system-group-grant"), Policy(GroupRule, Require.Token, Check = Checks.Read), Answers(204)]
    public Task<IResult> OfSystemGroupAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.SystemGroup + GrantPath.One)]
            HttpRequest request,
        [AsParameters] GrantPath path,
        Caller caller
    ) => CheckAsync(path, GroupRule, caller);

    private async Task<IResult> CheckAsync(GrantPath path, string rule, Caller caller)
    {
        var granted = await db.ReadAsync(async tx =>
        {
            await path.CheckAsync(tx, store, policies, rule, caller);
            return (await store.GrantedAsync(tx, path.Grant)).Contains(path.Grant.RoleId);
        });
        return granted ? Answer.NoContent() : throw path.NotGranted();
    }
}
