using Pipeline.Data;

namespace Pipeline.Identity.Groups;

internal sealed class CreateGroup(
    Database db,
    IdentityStore store,
    Policies policies,
    IdentityUrls urls,
    Randomness randomness
)
{
    private const string Rule = "identity:create_group";

    [Function("identity-create-group"), Policy(Rule, Require.Token, Check = Checks.WriteGroup), Answers(201)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "identity/v3/groups")] HttpRequest request,
        Caller caller,
        RequestId requestId
    )
    {
        var body = await request.ReadFieldsAsync();
        var group = Read(body.Object("group"), caller);
        policies.Enforce(Rule, caller, Targets.Group(group.DomainId));
        var key = IdempotencyKeys.Of(request, caller, body);
        var made = await db.WriteAsync(async tx =>
        {
            if (await tx.RecallAsync(key) is { } stored)
                return await store.FindGroupAsync(tx, stored.Body) ?? throw Refusals.NotFound("group", stored.Body);
            if (await store.FindDomainAsync(tx, group.DomainId.Value) is null)
                throw Refusals.NotFound("domain", group.DomainId.Value);
            if (!await store.TryAddGroupAsync(tx, group))
                throw Refusals.Duplicate("group", group.Name);
            await tx.RememberAsync(key, 201, group.Id.Value);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"group/{group.Id}"));
            return group;
        });
        return GroupView.Answer(201, request, urls, made);
    }

    private Group Read(Fields body, Caller caller)
    {
        _ = body["name"];
        return GroupFields
            .Read(body)
            .Over(new() { Id = new(randomness.NewGuid().ToString("N")), DomainId = body.DomainOf(caller) });
    }
}
