using Pipeline.Data;
using Pipeline.Identity.Changes;
using Pipeline.Identity.Delegations;

namespace Pipeline.Identity.Assignments;

/// <summary>Takes a role from a user or group; tokens that have it end.</summary>
internal sealed class RevokeRole(Database db, IdentityStore store, ChangeLog changes, Policies policies)
{
    private const string Rule = "identity:revoke_grant";
    private const string UserRule = "identity:revoke_system_grant_for_user";
    private const string GroupRule = "identity:revoke_system_grant_for_group";

    [Function("identity-revoke-role"), Policy(Rule, Require.Token, Check = Checks.WriteGrant), Answers(204)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = GrantPath.ProjectUser + GrantPath.One)]
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = GrantPath.ProjectGroup + GrantPath.One)]
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = GrantPath.DomainUser + GrantPath.One)]
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = GrantPath.DomainGroup + GrantPath.One)]
        [HttpTrigger(
            AuthorizationLevel.Anonymous,
            "delete",
            Route = GrantPath.BelowProjectUser + GrantPath.One + GrantPath.Inherited
        )]
        [HttpTrigger(
            AuthorizationLevel.Anonymous,
            "delete",
            Route = GrantPath.BelowProjectGroup + GrantPath.One + GrantPath.Inherited
        )]
        [HttpTrigger(
            AuthorizationLevel.Anonymous,
            "delete",
            Route = GrantPath.BelowDomainUser + GrantPath.One + GrantPath.Inherited
        )]
        [HttpTrigger(
            AuthorizationLevel.Anonymous,
            "delete",
            Route = GrantPath.BelowDomainGroup + GrantPath.One + GrantPath.Inherited
        )]
            HttpRequest request,
        [AsParameters] GrantPath path,
        Caller caller,
        RequestId requestId
    ) => RevokeAsync(path, Rule, caller, requestId);

    [Function("identity-revoke-system-user-role"), Policy(UserRule, Require.Token, Check = Checks.Admin), Answers(204)]
    public Task<IResult> OfSystemUserAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = GrantPath.SystemUser + GrantPath.One)]
            HttpRequest request,
        [AsParameters] GrantPath path,
        Caller caller,
        RequestId requestId
    ) => RevokeAsync(path, UserRule, caller, requestId);

    [
        Function("identity-revoke-system-group-role"),
        Policy(GroupRule, Require.Token, Check = Checks.Admin),
        Answers(204)
    ]
    public Task<IResult> OfSystemGroupAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = GrantPath.SystemGroup + GrantPath.One)]
            HttpRequest request,
        [AsParameters] GrantPath path,
        Caller caller,
        RequestId requestId
    ) => RevokeAsync(path, GroupRule, caller, requestId);

    private async Task<IResult> RevokeAsync(GrantPath path, string rule, Caller caller, RequestId requestId)
    {
        await db.WriteAsync(async tx =>
        {
            await store.LockGrantsAsync(tx);
            await path.CheckAsync(tx, store, policies, rule, caller);
            if (!await store.DeleteGrantAsync(tx, path.Grant))
                throw path.NotGranted();
            if (path is { UserId: { } user, ProjectId: { } project })
                await Delegating.EndAsync(tx, store, changes, new UserId(user), new ProjectId(project));
            await changes.AddAsync(tx, path.Change(revokes: true));
            await tx.AuditAsync(caller.Audit(requestId, rule, path.Target));
        });
        return Answer.NoContent();
    }
}
