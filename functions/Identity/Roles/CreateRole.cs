using Pipeline.Data;
using Pipeline.Identity.Changes;

namespace Pipeline.Identity.Roles;

internal sealed class CreateRole(
    Database db,
    IdentityStore store,
    ChangeLog changes,
    IdentityUrls urls,
    Randomness randomness
)
{
    private const string Rule = "identity:create_role";

    [Function("identity-create-role"), Policy(Rule, Require.Admin), Answers(201)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "identity/v3/roles")] HttpRequest request,
        Caller caller,
        RequestId requestId
    )
    {
        var role = Read((await request.ReadFieldsAsync()).Object("role"));
        await db.WriteAsync(async tx =>
        {
            if (!await store.TryAddRoleAsync(tx, role))
                throw Refusals.Duplicate("role", role.Name);
            await changes.AddAsync(tx, Change.Roles());
            await tx.AuditAsync(caller, requestId, Rule, $"role/{role.Id}");
        });
        return RoleView.Answer(201, request, urls, role);
    }

    private Role Read(Fields body)
    {
        body.NoOptions();
        if (body.Nullable("domain_id") is { } domain)
            throw domain.Wrong("must be null: roles belong to no domain here");
        return new()
        {
            Id = new(randomness.NewGuid().ToString("N")),
            Name = body["name"].Name(255),
            Description = body.Nullable("description")?.String(max: 65_535),
            Extra = Extras.Merge(Extras.None, Extras.Read(body, "name", "description", "domain_id")),
        };
    }
}
