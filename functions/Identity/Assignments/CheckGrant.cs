using Pipeline.Data;

namespace Pipeline.Identity.Assignments;

/// <summary>GET and HEAD: 204 when there is such an assignment; what is implied or inherited is none.</summary>
internal sealed class CheckGrant(Database db, IdentityStore store, Policies policies)
{
    private const string Rule = "identity:check_grant";
    private const string SystemUserRule = "identity:check_system_grant_for_user";
    private const string SystemGroupRule = "identity:check_system_grant_for_group";

    [Function("identity-check-project-user-grant"), Policy(Rule, Require.Token, Check = Checks.ReadGrant), Answers(204)]
    public Task<IResult> ToUserOnProjectAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.ProjectUsers + GrantPath.One)]
            HttpRequest request,
        Caller caller,
        string projectId,
        string userId,
        string roleId
    ) => CheckAsync(new(Grant.OnProject, projectId, Grant.ToUser, userId, roleId), Rule, caller);

    [
        Function("identity-check-project-group-grant"),
        Policy(Rule, Require.Token, Check = Checks.ReadGrant),
        Answers(204)
    ]
    public Task<IResult> ToGroupOnProjectAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.ProjectGroups + GrantPath.One)]
            HttpRequest request,
        Caller caller,
        string projectId,
        string groupId,
        string roleId
    ) => CheckAsync(new(Grant.OnProject, projectId, Grant.ToGroup, groupId, roleId), Rule, caller);

    [Function("identity-check-domain-user-grant"), Policy(Rule, Require.Token, Check = Checks.ReadGrant), Answers(204)]
    public Task<IResult> ToUserOnDomainAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.DomainUsers + GrantPath.One)]
            HttpRequest request,
        Caller caller,
        string domainId,
        string userId,
        string roleId
    ) => CheckAsync(new(Grant.OnDomain, domainId, Grant.ToUser, userId, roleId), Rule, caller);

    [Function("identity-check-domain-group-grant"), Policy(Rule, Require.Token, Check = Checks.ReadGrant), Answers(204)]
    public Task<IResult> ToGroupOnDomainAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.DomainGroups + GrantPath.One)]
            HttpRequest request,
        Caller caller,
        string domainId,
        string groupId,
        string roleId
    ) => CheckAsync(new(Grant.OnDomain, domainId, Grant.ToGroup, groupId, roleId), Rule, caller);

    [
        Function("identity-check-system-user-grant"),
        Policy(SystemUserRule, Require.Token, Check = Checks.Read),
        Answers(204)
    ]
    public Task<IResult> ToUserOnSystemAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.SystemUsers + GrantPath.One)]
            HttpRequest request,
        Caller caller,
        string userId,
        string roleId
    ) => CheckAsync(new(Grant.OnSystem, "system", Grant.ToUser, userId, roleId), SystemUserRule, caller);

    [
        Function("identity-check-system-group-grant"),
        Policy(SystemGroupRule, Require.Token, Check = Checks.Read),
        Answers(204)
    ]
    public Task<IResult> ToGroupOnSystemAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.SystemGroups + GrantPath.One)]
            HttpRequest request,
        Caller caller,
        string groupId,
        string roleId
    ) => CheckAsync(new(Grant.OnSystem, "system", Grant.ToGroup, groupId, roleId), SystemGroupRule, caller);

    [
        Function("identity-check-below-project-user-grant"),
        Policy(Rule, Require.Token, Check = Checks.ReadGrant),
        Answers(204)
    ]
    public Task<IResult> ToUserOnBelowProjectAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.BelowProjectUsers + GrantPath.OneInherited)]
            HttpRequest request,
        Caller caller,
        string projectId,
        string userId,
        string roleId
    ) => CheckAsync(new(Grant.OnProject, projectId, Grant.ToUser, userId, roleId, Inherited: true), Rule, caller);

    [
        Function("identity-check-below-project-group-grant"),
        Policy(Rule, Require.Token, Check = Checks.ReadGrant),
        Answers(204)
    ]
    public Task<IResult> ToGroupOnBelowProjectAsync(
        [HttpTrigger(
            AuthorizationLevel.Anonymous,
            "get",
            Route = GrantPath.BelowProjectGroups + GrantPath.OneInherited
        )]
            HttpRequest request,
        Caller caller,
        string projectId,
        string groupId,
        string roleId
    ) => CheckAsync(new(Grant.OnProject, projectId, Grant.ToGroup, groupId, roleId, Inherited: true), Rule, caller);

    [
        Function("identity-check-below-domain-user-grant"),
        Policy(Rule, Require.Token, Check = Checks.ReadGrant),
        Answers(204)
    ]
    public Task<IResult> ToUserOnBelowDomainAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.BelowDomainUsers + GrantPath.OneInherited)]
            HttpRequest request,
        Caller caller,
        string domainId,
        string userId,
        string roleId
    ) => CheckAsync(new(Grant.OnDomain, domainId, Grant.ToUser, userId, roleId, Inherited: true), Rule, caller);

    [
        Function("identity-check-below-domain-group-grant"),
        Policy(Rule, Require.Token, Check = Checks.ReadGrant),
        Answers(204)
    ]
    public Task<IResult> ToGroupOnBelowDomainAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.BelowDomainGroups + GrantPath.OneInherited)]
            HttpRequest request,
        Caller caller,
        string domainId,
        string groupId,
        string roleId
    ) => CheckAsync(new(Grant.OnDomain, domainId, Grant.ToGroup, groupId, roleId, Inherited: true), Rule, caller);

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
