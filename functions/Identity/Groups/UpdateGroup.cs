using Pipeline.Data;

namespace Pipeline.Identity.Groups;

internal sealed class UpdateGroup(Database db, IdentityStore store, Policies policies, IdentityUrls urls)
{
    private const string Rule = "identity:update_group";

    [Function("identity-update-group"), Policy(Rule, Require.Token, Check = Checks.WriteGroup), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "identity/v3/groups/{group_id}")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string groupId
    )
    {
        var body = (await request.ReadFieldsAsync()).Object("group");
        body.NotEmpty();
        body.SameId(groupId);
        var fields = GroupFields.Read(body);
        var group = await db.WriteAsync(async tx =>
        {
            var found = await store.FindGroupAsync(tx, groupId);
            policies.Enforce(Rule, caller, Targets.Group(found));
            var before = found ?? throw Refusals.NotFound("group", groupId);
            body.SameDomain(before.DomainId);
            var after = fields.Over(before);
            if (!await store.TryUpdateGroupAsync(tx, after))
                throw Refusals.Duplicate("group", after.Name);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"group/{after.Id}"));
            return after;
        });
        return GroupView.Answer(200, request, urls, group);
    }
}
