using Pipeline.Data;

namespace Pipeline.Identity.Roles;

internal sealed class ShowImpliedRole(Database db, IdentityStore store, IdentityUrls urls)
{
    private const string Rule = "identity:get_implied_role";

    [Function("identity-show-implied-role"), Policy(Rule, Require.SystemReader), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = InferencePath.Route)] HttpRequest request,
        [AsParameters] InferencePath path
    )
    {
        var (prior, implied) = await FindAsync(path);
        return InferencePath.Answer(200, request, urls, prior, implied);
    }

    [Function("identity-check-implied-role")]
    [Policy("identity:check_implied_role", Require.SystemReader), Answers(204)]
    public async Task<IResult> CheckAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "head", Route = InferencePath.Route)] HttpRequest request,
        [AsParameters] InferencePath path
    )
    {
        await FindAsync(path);
        return Answer.NoContent();
    }

    private Task<(Role Prior, Role Implied)> FindAsync(InferencePath path) =>
        db.ReadAsync(async tx =>
        {
            var roles = await path.FindAsync(tx, store);
            return await path.HoldsAsync(tx, store) ? roles : throw path.NotImplied();
        });
}
