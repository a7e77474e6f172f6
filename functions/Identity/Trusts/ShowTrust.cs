using Pipeline.Data;
using Pipeline.Identity.Roles;

namespace Pipeline.Identity.Trusts;

/// <summary>A trust, and the roles that it lends; for both its users.</summary>
internal sealed class ShowTrust(Database db, IdentityStore store, Policies policies, IdentityUrls urls)
{
    private const string Rule = "identity:get_trust";
    private const string RolesRule = "identity:list_roles_for_trust";
    private const string RoleRule = "identity:get_role_for_trust";

    [Function("identity-show-trust"), Policy(Rule, Require.Token, Check = Checks.ReadTrust), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = TrustPath.One)] HttpRequest request,
        Caller caller,
        string trustId
    )
    {
        var (trust, roles) = await ReadAsync(Rule, caller, trustId);
        return TrustView.Answer(200, request, urls, trust, roles);
    }

    [Function("identity-list-trust-roles"), Policy(RolesRule, Require.Token, Check = Checks.ReadTrust), Answers(200)]
    public async Task<IResult> ListRolesAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = TrustPath.Roles)] HttpRequest request,
        Caller caller,
        string trustId
    )
    {
        var (trust, roles) = await ReadAsync(RolesRule, caller, trustId);
        var lent = trust.RoleIds();
        return RoleView.Answer(
            request,
            urls,
            [.. roles.Where(role => lent.Contains(role.Id.Value))],
            $"OS-TRUST/trusts/{trustId}/roles"
        );
    }

    [Function("identity-show-trust-role"), Policy(RoleRule, Require.Token, Check = Checks.ReadTrust), Answers(200)]
    public async Task<IResult> ShowRoleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = TrustPath.OneRole)] HttpRequest request,
        Caller caller,
        string trustId,
        string roleId
    )
    {
        var (trust, roles) = await ReadAsync(RoleRule, caller, trustId);
        var role = roles.FirstOrDefault(role => role.Id.Value == roleId && trust.RoleIds().Contains(roleId));
        return RoleView.Answer(200, request, urls, role ?? throw Refusals.NotFound("role", roleId));
    }

    private Task<(Trust Trust, IReadOnlyList<Role> Roles)> ReadAsync(string rule, Caller caller, string id)
    {
        TrustPath.Check(caller);
        return db.ReadAsync(async tx =>
            (await TrustPath.FindAsync(tx, store, policies, rule, caller, id), await store.RolesAsync(tx))
        );
    }
}
