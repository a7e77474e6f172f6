using Pipeline.Data;
using Pipeline.Identity.Changes;

namespace Pipeline.Identity.Domains;

/// <summary>A disabled domain, with its users, groups, projects and roles. What its projects owned stays, for an admin to find.</summary>
internal sealed class DeleteDomain(Database db, IdentityStore store, ChangeLog changes)
{
    private const string Rule = "identity:delete_domain";

    [Function("identity-delete-domain"), Policy(Rule, Require.Admin), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "identity/v3/domains/{domain_id}")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string domainId
    )
    {
        await db.WriteAsync(async tx =>
        {
            await store.LockGrantsAsync(tx);
            var domain = await store.FindDomainAsync(tx, domainId) ?? throw Refusals.NotFound("domain", domainId);
            if (domain.Enabled)
                throw Fault.Forbidden("Cannot delete a domain that is enabled, please disable it first.");
            if (domain.Id == Domain.Default)
                throw Fault.Forbidden("Cannot delete the default domain.");
            await store.DeleteDomainAsync(tx, domain.Id);
            await changes.AddAsync(tx, Change.Domain(domain.Id, revokes: true));
            await changes.AddAsync(tx, Change.Roles(revokes: true));
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"domain/{domain.Id}"));
        });
        return Answer.NoContent();
    }
}
