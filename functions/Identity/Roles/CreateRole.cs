using Pipeline.Data;
using Pipeline.Identity.Changes;

namespace Pipeline.Identity.Roles;

internal sealed class CreateRole(
    Database db,
    IdentityStore store,
    Policies policies,
    ChangeLog changes,
    IdentityUrls urls,
    Randomness randomness
)
{
    private const string Rule = "identity:create_role";

    [Function("identity-create-role"), Policy(Rule, Require.Token, Check = Checks.Admin), Answers(201)]
    [FurtherRule("identity:create_domain_role", Checks.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "identity/v3/roles")] HttpRequest request,
        Caller caller,
        RequestId requestId
    )
    {
        var body = await request.ReadFieldsAsync();
        var role = Read(body.Object("role"));
        policies.Enforce(RoleRules.Of(Rule, role), caller, RoleRules.Target(role));
        var key = IdempotencyKeys.Of(request, caller, body);
        var made = await db.WriteAsync(async tx =>
        {
            if (await tx.RecallAsync(key) is { } stored)
                return await store.FindRoleAsync(tx, stored.Body) ?? throw Refusals.NotFound("role", stored.Body);
            if (role.DomainId.Length > 0 && await store.FindDomainAsync(tx, role.DomainId) is null)
                throw Refusals.NotFound("domain", role.DomainId);
            if (!await store.TryAddRoleAsync(tx, role))
                throw Refusals.Duplicate("role", role.Name);
            await changes.AddAsync(tx, Change.Roles(revokes: false));
            await tx.RememberAsync(key, 201, role.Id.Value);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"role/{role.Id}"));
            return role;
        });
        return RoleView.Answer(201, request, urls, made);
    }

    private Role Read(Fields body)
    {
        body.NoOptions();
        return new()
        {
            Id = new(randomness.NewGuid().ToString("N")),
            DomainId = body.Nullable("domain_id")?.Id<DomainId>().Value ?? "",
            Name = body["name"].Name(255),
            Description = body.Nullable("description")?.String(max: 65_535),
            Extra = Extras.Merge(Extras.None, Extras.Read(body, "name", "description", "domain_id")),
        };
    }
}
