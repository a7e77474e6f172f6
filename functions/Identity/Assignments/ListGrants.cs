using Pipeline.Data;
using Pipeline.Identity.Roles;

namespace Pipeline.Identity.Assignments;

/// <summary>The roles of a user or group on one target, by assignments of their own.</summary>
internal sealed class ListGrants(Database db, IdentityStore store, Policies policies, IdentityUrls urls)
{
    private const string Rule = "identity:list_grants";
    private const string SystemUserRule = "identity:list_system_grants_for_user";
    private const string SystemGroupRule = "identity:list_system_grants_for_group";

    [Function("identity-list-project-user-grants"), Policy(Rule, Require.Token, Check = Checks.ReadGrant), Answers(200)]
    public Task<IResult> ToUserOnProjectAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.ProjectUsers)] HttpRequest request,
        Caller caller,
        string projectId,
        string userId
    ) => ListAsync(request, new(Grant.OnProject, projectId, Grant.ToUser, userId, ""), Rule, caller);

    [
        Function("identity-list-project-group-grants"),
        Policy(Rule, Require.Token, Check = Checks.ReadGrant),
        Answers(200)
    ]
    public Task<IResult> ToGroupOnProjectAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.ProjectGroups)] HttpRequest request,
        Caller caller,
        string projectId,
        string groupId
    ) => ListAsync(request, new(Grant.OnProject, projectId, Grant.ToGroup, groupId, ""), Rule, caller);

    [Function("identity-list-domain-user-grants"), Policy(Rule, Require.Token, Check = Checks.ReadGrant), Answers(200)]
    public Task<IResult> ToUserOnDomainAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.DomainUsers)] HttpRequest request,
        Caller caller,
        string domainId,
        string userId
    ) => ListAsync(request, new(Grant.OnDomain, domainId, Grant.ToUser, userId, ""), Rule, caller);

    [Function("identity-list-domain-group-grants"), Policy(Rule, Require.Token, Check = Checks.ReadGrant), Answers(200)]
    public Task<IResult> ToGroupOnDomainAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.DomainGroups)] HttpRequest request,
        Caller caller,
        string domainId,
        string groupId
    ) => ListAsync(request, new(Grant.OnDomain, domainId, Grant.ToGroup, groupId, ""), Rule, caller);

    [
        Function("identity-list-system-user-grants"),
        Policy(SystemUserRule, Require.Token, Check = Checks.Read),
        Answers(200)
    ]
    public Task<IResult> ToUserOnSystemAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.SystemUsers)] HttpRequest request,
        Caller caller,
        string userId
    ) => ListAsync(request, new(Grant.OnSystem, "system", Grant.ToUser, userId, ""), SystemUserRule, caller);

    [
        Function("identity-list-system-group-grants"),
        Policy(SystemGroupRule, Require.Token, Check = Checks.Read),
        Answers(200)
    ]
    public Task<IResult> ToGroupOnSystemAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.SystemGroups)] HttpRequest request,
        Caller caller,
        string groupId
    ) => ListAsync(request, new(Grant.OnSystem, "system", Grant.ToGroup, groupId, ""), SystemGroupRule, caller);

    [
        Function("identity-list-below-project-user-grants"),
        Policy(Rule, Require.Token, Check = Checks.ReadGrant),
        Answers(200)
    ]
    public Task<IResult> ToUserOnBelowProjectAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.BelowProjectUsers + GrantPath.AllInherited)]
            HttpRequest request,
        Caller caller,
        string projectId,
        string userId
    ) => ListAsync(request, new(Grant.OnProject, projectId, Grant.ToUser, userId, "", Inherited: true), Rule, caller);

    [
        Function("identity-list-below-project-group-grants"),
        Policy(Rule, Require.Token, Check = Checks.ReadGrant),
        Answers(200)
    ]
    public Task<IResult> ToGroupOnBelowProjectAsync(
        [HttpTrigger(
            AuthorizationLevel.Anonymous,
            "get",
            Route = GrantPath.BelowProjectGroups + GrantPath.AllInherited
        )]
            HttpRequest request,
        Caller caller,
        string projectId,
        string groupId
    ) => ListAsync(request, new(Grant.OnProject, projectId, Grant.ToGroup, groupId, "", Inherited: true), Rule, caller);

    [
        Function("identity-list-below-domain-user-grants"),
        Policy(Rule, Require.Token, Check = Checks.ReadGrant),
        Answers(200)
    ]
    public Task<IResult> ToUserOnBelowDomainAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.BelowDomainUsers + GrantPath.AllInherited)]
            HttpRequest request,
        Caller caller,
        string domainId,
        string userId
    ) => ListAsync(request, new(Grant.OnDomain, domainId, Grant.ToUser, userId, "", Inherited: true), Rule, caller);

    [
        Function("identity-list-below-domain-group-grants"),
        Policy(Rule, Require.Token, Check = Checks.ReadGrant),
        Answers(200)
    ]
    public Task<IResult> ToGroupOnBelowDomainAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = GrantPath.BelowDomainGroups + GrantPath.AllInherited)]
            HttpRequest request,
        Caller caller,
        string domainId,
        string groupId
    ) => ListAsync(request, new(Grant.OnDomain, domainId, Grant.ToGroup, groupId, "", Inherited: true), Rule, caller);

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
            path.Inherited ? $"OS-INHERIT/{list}{GrantPath.AllInherited}" : list
        );
    }
}
