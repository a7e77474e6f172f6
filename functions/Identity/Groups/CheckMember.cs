using Pipeline.Data;

namespace Pipeline.Identity.Groups;

/// <summary>GET and HEAD: 204 when the user is in the group.</summary>
internal sealed class CheckMember(Database db, IdentityStore store, Policies policies)
{
    private const string Rule = "identity:check_user_in_group";

    [Function("identity-check-member"), Policy(Rule, Require.Token, Check = Checks.ReadMember), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = MemberPath.Route)] HttpRequest request,
        Caller caller,
        [AsParameters] MemberPath path
    )
    {
        var isIn = await db.ReadAsync(async tx =>
        {
            var (group, user) = await path.CheckAsync(tx, store, policies, Rule, caller);
            return await store.IsMemberAsync(tx, group, user);
        });
        return isIn ? Answer.NoContent() : throw path.NotIn();
    }
}
