using Pipeline.Data;
using Pipeline.Identity.Changes;

namespace Pipeline.Identity.Domains;

/// <summary>Disabling a domain ends the tokens of its users, and those that are scoped to it or to a project in it.</summary>
internal sealed class UpdateDomain(Database db, IdentityStore store, ChangeLog changes, IdentityUrls urls)
{
    private const string Rule = "identity:update_domain";

    [Function("identity-update-domain"), Policy(Rule, Require.Admin), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "identity/v3/domains/{domain_id}")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string domainId
    )
    {
        var body = (await request.ReadFieldsAsync()).Object("domain");
        body.NotEmpty();
        body.SameId(domainId);
        var fields = DomainFields.Read(body);
        var domain = await db.WriteAsync(async tx =>
        {
            var before = await store.FindDomainAsync(tx, domainId) ?? throw Refusals.NotFound("domain", domainId);
            var after = fields.Over(before);
            if (!await store.TryUpdateDomainAsync(tx, after))
                throw CreateDomain.NameTaken(after);
            await changes.AddAsync(tx, Change.Domain(after.Id, revokes: before.Enabled && !after.Enabled));
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"domain/{after.Id}"));
            return after;
        });
        return DomainView.Answer(200, request, urls, domain);
    }
}
