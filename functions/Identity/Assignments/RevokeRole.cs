using Pipeline.Data;
using Pipeline.Identity.Changes;
using Pipeline.Identity.Delegations;

namespace Pipeline.Identity.Assignments;

/// <summary>Takes a role from a user or group; tokens that have it end.</summary>
internal sealed class RevokeRole(Database db, IdentityStore store, ChangeLog changes, Policies policies)
{
    private const string Rule = "identity:revoke_grant";
    private const string SystemUserRule = "identity:revoke_system_grant_for_user";
    private const string SystemGroupRule = "identity:revoke_system_grant_for_group";

    [
        Function("identity-revoke-project-user-role"),
        Policy(Rule, Require.Token, Check = Checks.WriteGrant),
        Answers(204)
    ]
    public Task<IResult> ToUserOnProjectAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = GrantPath.ProjectUsers + GrantPath.One)]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string projectId,
        string userId,
        string roleId
    ) => RevokeAsync(new(Grant.OnProject, projectId, Grant.ToUser, userId, roleId), Rule, caller, requestId);

    [
        Function("identity-revoke-project-group-role"),
        Policy(Rule, Require.Token, Check = Checks.WriteGrant),
        Answers(204)
    ]
    public Task<IResult> ToGroupOnProjectAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = GrantPath.ProjectGroups + GrantPath.One)]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string projectId,
        string groupId,
        string roleId
    ) => RevokeAsync(new(Grant.OnProject, projectId, Grant.ToGroup, groupId, roleId), Rule, caller, requestId);

    [Function("identity-revoke-domain-user-role"), Policy(Rule, Require.Token, Check = Checks.WriteGrant), Answers(204)]
    public Task<IResult> ToUserOnDomainAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = GrantPath.DomainUsers + GrantPath.One)]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string domainId,
        string userId,
        string roleId
    ) => RevokeAsync(new(Grant.OnDomain, domainId, Grant.ToUser, userId, roleId), Rule, caller, requestId);

    [
        Function("identity-revoke-domain-group-role"),
        Policy(Rule, Require.Token, Check = Checks.WriteGrant),
        Answers(204)
    ]
    public Task<IResult> ToGroupOnDomainAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = GrantPath.DomainGroups + GrantPath.One)]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string domainId,
        string groupId,
        string roleId
    ) => RevokeAsync(new(Grant.OnDomain, domainId, Grant.ToGroup, groupId, roleId), Rule, caller, requestId);

    [
        Function("identity-revoke-system-user-role"),
        Policy(SystemUserRule, Require.Token, Check = Checks.Admin),
        Answers(204)
    ]
    public Task<IResult> ToUserOnSystemAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = GrantPath.SystemUsers + GrantPath.One)]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string userId,
        string roleId
    ) => RevokeAsync(new(Grant.OnSystem, "system", Grant.ToUser, userId, roleId), SystemUserRule, caller, requestId);

    [
        Function("identity-revoke-system-group-role"),
        Policy(SystemGroupRule, Require.Token, Check = Checks.Admin),
        Answers(204)
    ]
    public Task<IResult> ToGroupOnSystemAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = GrantPath.SystemGroups + GrantPath.One)]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string groupId,
        string roleId
    ) => RevokeAsync(new(Grant.OnSystem, "system", Grant.ToGroup, groupId, roleId), SystemGroupRule, caller, requestId);

    [
        Function("identity-revoke-below-project-user-role"),
        Policy(Rule, Require.Token, Check = Checks.WriteGrant),
        Answers(204)
    ]
    public Task<IResult> ToUserOnBelowProjectAsync(
        [HttpTrigger(
            AuthorizationLevel.Anonymous,
            "delete",
            Route = GrantPath.BelowProjectUsers + GrantPath.OneInherited
        )]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string projectId,
        string userId,
        string roleId
    ) =>
        RevokeAsync(
            new(Grant.OnProject, projectId, Grant.ToUser, userId, roleId, Inherited: true),
            Rule,
            caller,
            requestId
        );

    [
        Function("identity-revoke-below-project-group-role"),
        Policy(Rule, Require.Token, Check = Checks.WriteGrant),
        Answers(204)
    ]
    public Task<IResult> ToGroupOnBelowProjectAsync(
        [HttpTrigger(
            AuthorizationLevel.Anonymous,
            "delete",
            Route = GrantPath.BelowProjectGroups + GrantPath.OneInherited
        )]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string projectId,
        string groupId,
        string roleId
    ) =>
        RevokeAsync(
            new(Grant.OnProject, projectId, Grant.ToGroup, groupId, roleId, Inherited: true),
            Rule,
            caller,
            requestId
        );

    [
        Function("identity-revoke-below-domain-user-role"),
        Policy(Rule, Require.Token, Check = Checks.WriteGrant),
        Answers(204)
    ]
    public Task<IResult> ToUserOnBelowDomainAsync(
        [HttpTrigger(
            AuthorizationLevel.Anonymous,
            "delete",
            Route = GrantPath.BelowDomainUsers + GrantPath.OneInherited
        )]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string domainId,
        string userId,
        string roleId
    ) =>
        RevokeAsync(
            new(Grant.OnDomain, domainId, Grant.ToUser, userId, roleId, Inherited: true),
            Rule,
            caller,
            requestId
        );

    [
        Function("identity-revoke-below-domain-group-role"),
        Policy(Rule, Require.Token, Check = Checks.WriteGrant),
        Answers(204)
    ]
    public Task<IResult> ToGroupOnBelowDomainAsync(
        [HttpTrigger(
            AuthorizationLevel.Anonymous,
            "delete",
            Route = GrantPath.BelowDomainGroups + GrantPath.OneInherited
        )]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string domainId,
        string groupId,
        string roleId
    ) =>
        RevokeAsync(
            new(Grant.OnDomain, domainId, Grant.ToGroup, groupId, roleId, Inherited: true),
            Rule,
            caller,
            requestId
        );

    private async Task<IResult> RevokeAsync(GrantPath path, string rule, Caller caller, RequestId requestId)
    {
        await db.WriteAsync(async tx =>
        {
            await store.LockGrantsAsync(tx);
            await path.CheckAsync(tx, store, policies, rule, caller);
            if (!await store.DeleteGrantAsync(tx, path.Grant))
                throw path.NotGranted();
            if (path is { ActorKind: Grant.ToUser, TargetKind: Grant.OnProject })
                await Delegating.EndAsync(tx, store, changes, new UserId(path.ActorId), new ProjectId(path.TargetId));
            await changes.AddAsync(tx, path.Change(revokes: true));
            await tx.AuditAsync(caller.Audit(requestId, rule, path.Target));
        });
        return Answer.NoContent();
    }
}
