using Pipeline.Data;
using Pipeline.Identity.Changes;

namespace Pipeline.Identity.Roles;

internal sealed class UpdateRole(
    Database db,
    IdentityStore store,
    Policies policies,
    ChangeLog changes,
    IdentityUrls urls
)
{
    private const string Rule = "identity:update_role";

    [Function("identity-update-role"), Policy(Rule, Require.Token, Check = Checks.Admin), Answers(200)]
    [FurtherRule("identity:update_domain_role", Checks.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "identity/v3/roles/{role_id}")] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string roleId
    )
    {
        var body = (await request.ReadFieldsAsync()).Object("role");
        body.NotEmpty();
        body.SameId(roleId);
        body.NoOptions();
        var role = await db.WriteAsync(async tx =>
        {
            var found = await store.FindRoleAsync(tx, roleId);
            policies.Enforce(RoleRules.Of(Rule, found), caller, RoleRules.Target(found));
            var after = Over(body, found ?? throw Refusals.NotFound("role", roleId));
            if (!await store.TryUpdateRoleAsync(tx, after))
                throw Refusals.Duplicate("role", after.Name);
            await changes.AddAsync(tx, Change.Roles(revokes: false));
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"role/{after.Id}"));
            return after;
        });
        return RoleView.Answer(200, request, urls, role);
    }

    private static Role Over(Fields body, Role role)
    {
        if (body.Nullable("domain_id") is { } domain && domain.String() != role.DomainId)
            throw Fault.BadRequest("Cannot change Domain ID");
        return role with
        {
            Name = body.Optional("name")?.Name(255) ?? role.Name,
            Description = body.Has("description")
                ? body.Nullable("description")?.String(max: 65_535)
                : role.Description,
            Extra = Extras.Merge(role.Extra, Extras.Read(body, "name", "description", "domain_id")),
        };
    }
}
