using Pipeline.Data;
using Pipeline.Identity.Changes;

namespace Pipeline.Identity.Groups;

/// <summary>The user has the roles of the group from now on; tokens issued before do not have them.</summary>
internal sealed class AddMember(Database db, IdentityStore store, Policies policies, ChangeLog changes)
{
    private const string Rule = "identity:add_user_to_group";

    [Function("identity-add-member"), Policy(Rule, Require.Token, Check = Checks.WriteMember), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = MemberPath.Route)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        [AsParameters] MemberPath path
    )
    {
        await db.WriteAsync(async tx =>
        {
            await store.LockGrantsAsync(tx);
            var (group, user) = await path.CheckAsync(tx, store, policies, Rule, caller);
            if (!await store.AddMemberAsync(tx, group, user))
                return; // in it already
            await changes.AddAsync(tx, Change.Grants(revokes: false));
            await tx.AuditAsync(caller.Audit(requestId, Rule, path.Target));
        });
        return Answer.NoContent();
    }
}
