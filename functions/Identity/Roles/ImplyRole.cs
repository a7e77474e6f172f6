using Pipeline.Data;
using Pipeline.Identity.Changes;

namespace Pipeline.Identity.Roles;

/// <summary>Whoever has the one role has the other too, in tokens from now on.</summary>
internal sealed class ImplyRole(Database db, IdentityStore store, ChangeLog changes, IdentityUrls urls)
{
    private const string Rule = "identity:create_implied_role";

    [Function("identity-imply-role"), Policy(Rule, Require.Admin), Answers(201)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = InferencePath.Route)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        [AsParameters] InferencePath path
    )
    {
        var (prior, implied) = await db.WriteAsync(async tx =>
        {
            await store.LockGrantsAsync(tx);
            var (prior, implied) = await path.FindAsync(tx, store);
            Check(prior, implied);
            if (await store.AddImplicationAsync(tx, prior.Id, implied.Id))
            {
                await changes.AddAsync(tx, Change.Roles(revokes: false));
                await tx.AuditAsync(caller.Audit(requestId, Rule, path.Target));
            }
            return (prior, implied);
        });
        return InferencePath.Answer(201, request, urls, prior, implied);
    }

    // Nobody becomes an admin unseen, and what one domain may change is not implied elsewhere.
    private static void Check(Role prior, Role implied)
    {
        var foreign = implied.DomainId.Length > 0 && implied.DomainId != prior.DomainId;
        if (foreign || implied is { Name: "admin", DomainId.Length: 0 } || prior.Id == implied.Id)
            throw Fault.Forbidden($"{implied.Id} cannot be an implied roles.");
    }
}
