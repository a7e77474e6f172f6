using Pipeline.Data;
using Pipeline.Identity.Changes;

namespace Pipeline.Identity.Assignments;

/// <summary>Gives a user or group a role; tokens issued before do not have it.</summary>
internal sealed class GrantRole(Database db, IdentityStore store, ChangeLog changes, Policies policies)
{
    private const string Rule = "identity:create_grant";
    private const string SystemUserRule = "identity:create_system_grant_for_user";
    private const string SystemGroupRule = "identity:create_system_grant_for_group";

    [Function("identity-grant-project-user-role"), Policy(Rule, Require.Token, Check = Checks.WriteGrant), Answers(204)]
    public Task<IResult> ToUserOnProjectAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = GrantPath.ProjectUsers + GrantPath.One)]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string projectId,
        string userId,
        string roleId
    ) => GrantAsync(new(Grant.OnProject, projectId, Grant.ToUser, userId, roleId), Rule, caller, requestId);

    [
        Function("identity-grant-project-group-role"),
        Policy(Rule, Require.Token, Check = Checks.WriteGrant),
        Answers(204)
    ]
    public Task<IResult> ToGroupOnProjectAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = GrantPath.ProjectGroups + GrantPath.One)]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string projectId,
        string groupId,
        string roleId
    ) => GrantAsync(new(Grant.OnProject, projectId, Grant.ToGroup, groupId, roleId), Rule, caller, requestId);

    [Function("identity-grant-domain-user-role"), Policy(Rule, Require.Token, Check = Checks.WriteGrant), Answers(204)]
    public Task<IResult> ToUserOnDomainAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = GrantPath.DomainUsers + GrantPath.One)]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string domainId,
        string userId,
        string roleId
    ) => GrantAsync(new(Grant.OnDomain, domainId, Grant.ToUser, userId, roleId), Rule, caller, requestId);

    [Function("identity-grant-domain-group-role"), Policy(Rule, Require.Token, Check = Checks.WriteGrant), Answers(204)]
    public Task<IResult> ToGroupOnDomainAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = GrantPath.DomainGroups + GrantPath.One)]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string domainId,
        string groupId,
        string roleId
    ) => GrantAsync(new(Grant.OnDomain, domainId, Grant.ToGroup, groupId, roleId), Rule, caller, requestId);

    [
        Function("identity-grant-system-user-role"),
        Policy(SystemUserRule, Require.Token, Check = Checks.Admin),
        Answers(204)
    ]
    public Task<IResult> ToUserOnSystemAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = GrantPath.SystemUsers + GrantPath.One)]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string userId,
        string roleId
    ) => GrantAsync(new(Grant.OnSystem, "system", Grant.ToUser, userId, roleId), SystemUserRule, caller, requestId);

    [
        Function("identity-grant-system-group-role"),
        Policy(SystemGroupRule, Require.Token, Check = Checks.Admin),
        Answers(204)
    ]
    public Task<IResult> ToGroupOnSystemAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = GrantPath.SystemGroups + GrantPath.One)]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string groupId,
        string roleId
    ) => GrantAsync(new(Grant.OnSystem, "system", Grant.ToGroup, groupId, roleId), SystemGroupRule, caller, requestId);

    [
        Function("identity-grant-below-project-user-role"),
        Policy(Rule, Require.Token, Check = Checks.WriteGrant),
        Answers(204)
    ]
    public Task<IResult> ToUserOnBelowProjectAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = GrantPath.BelowProjectUsers + GrantPath.OneInherited)]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string projectId,
        string userId,
        string roleId
    ) =>
        GrantAsync(
            new(Grant.OnProject, projectId, Grant.ToUser, userId, roleId, Inherited: true),
            Rule,
            caller,
            requestId
        );

    [
        Function("identity-grant-below-project-group-role"),
        Policy(Rule, Require.Token, Check = Checks.WriteGrant),
        Answers(204)
    ]
    public Task<IResult> ToGroupOnBelowProjectAsync(
        [HttpTrigger(
            AuthorizationLevel.Anonymous,
            "put",
            Route = GrantPath.BelowProjectGroups + GrantPath.OneInherited
        )]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string projectId,
        string groupId,
        string roleId
    ) =>
        GrantAsync(
            new(Grant.OnProject, projectId, Grant.ToGroup, groupId, roleId, Inherited: true),
            Rule,
            caller,
            requestId
        );

    [
        Function("identity-grant-below-domain-user-role"),
        Policy(Rule, Require.Token, Check = Checks.WriteGrant),
        Answers(204)
    ]
    public Task<IResult> ToUserOnBelowDomainAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = GrantPath.BelowDomainUsers + GrantPath.OneInherited)]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string domainId,
        string userId,
        string roleId
    ) =>
        GrantAsync(
            new(Grant.OnDomain, domainId, Grant.ToUser, userId, roleId, Inherited: true),
            Rule,
            caller,
            requestId
        );

    [
        Function("identity-grant-below-domain-group-role"),
        Policy(Rule, Require.Token, Check = Checks.WriteGrant),
        Answers(204)
    ]
    public Task<IResult> ToGroupOnBelowDomainAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = GrantPath.BelowDomainGroups + GrantPath.OneInherited)]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string domainId,
        string groupId,
        string roleId
    ) =>
        GrantAsync(
            new(Grant.OnDomain, domainId, Grant.ToGroup, groupId, roleId, Inherited: true),
            Rule,
            caller,
            requestId
        );

    private async Task<IResult> GrantAsync(GrantPath path, string rule, Caller caller, RequestId requestId)
    {
        await db.WriteAsync(async tx =>
        {
            await store.LockGrantsAsync(tx);
            await path.CheckAsync(tx, store, policies, rule, caller);
            await path.CheckRoleAsync(tx, store);
            if (!await store.AddGrantAsync(tx, path.Grant))
                return; // given already
            await changes.AddAsync(tx, path.Change(revokes: false));
            await tx.AuditAsync(caller.Audit(requestId, rule, path.Target));
        });
        return Answer.NoContent();
    }
}
