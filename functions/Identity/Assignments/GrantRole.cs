using Pipeline.Data;
using Pipeline.Identity.Changes;

namespace Pipeline.Identity.Assignments;

/// <summary>Gives a user or group a role; tokens issued before do not have it.</summary>
internal sealed class GrantRole(Database db, IdentityStore store, ChangeLog changes, Policies policies)
{
    private const string Rule = "identity:create_grant";
    private const string UserRule = "identity:create_system_grant_for_user";
    private const string GroupRule = "identity:create_system_grant_for_group";

    [Function("identity-grant-role"), Policy(Rule, Require.Token, Check = Checks.WriteGrant), Answers(204)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = GrantPath.ProjectUser + GrantPath.One)]
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = GrantPath.ProjectGroup + GrantPath.One)]
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = GrantPath.DomainUser + GrantPath.One)]
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = GrantPath.DomainGroup + GrantPath.One)]
        [HttpTrigger(
            AuthorizationLevel.Anonymous,
            "put",
            Route = GrantPath.BelowProjectUser + GrantPath.One + GrantPath.Inherited
        )]
        [HttpTrigger(
            AuthorizationLevel.Anonymous,
            "put",
            Route = GrantPath.BelowProjectGroup + GrantPath.One + GrantPath.Inherited
        )]
        [HttpTrigger(
            AuthorizationLevel.Anonymous,
            "put",
            Route = GrantPath.BelowDomainUser + GrantPath.One + GrantPath.Inherited
        )]
        [HttpTrigger(
            AuthorizationLevel.Anonymous,
            "put",
            Route = GrantPath.BelowDomainGroup + GrantPath.One + GrantPath.Inherited
        )]
            HttpRequest request,
        [AsParameters] GrantPath path,
        Caller caller,
        RequestId requestId
    ) => GrantAsync(path, Rule, caller, requestId);

    [Function("identity-grant-system-user-role"), Policy(UserRule, Require.Token, Check = Checks.Admin), Answers(204)]
    public Task<IResult> OfSystemUserAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = GrantPath.SystemUser + GrantPath.One)]
            HttpRequest request,
        [AsParameters] GrantPath path,
        Caller caller,
        RequestId requestId
    ) => GrantAsync(path, UserRule, caller, requestId);

    [Function("identity-grant-system-group-role"), Policy(GroupRule, Require.Token, Check = Checks.Admin), Answers(204)]
    public Task<IResult> OfSystemGroupAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = GrantPath.SystemGroup + GrantPath.One)]
            HttpRequest request,
        [AsParameters] GrantPath path,
        Caller caller,
        RequestId requestId
    ) => GrantAsync(path, GroupRule, caller, requestId);

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
