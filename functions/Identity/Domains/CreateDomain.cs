using Pipeline.Data;
using Pipeline.Identity.Changes;

namespace Pipeline.Identity.Domains;

internal sealed class CreateDomain(
    Database db,
    IdentityStore store,
    ChangeLog changes,
    IdentityUrls urls,
    Randomness randomness
)
{
    private const string Rule = "identity:create_domain";

    [Function("identity-create-domain"), Policy(Rule, Require.Admin), Answers(201)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "identity/v3/domains")] HttpRequest request,
        Caller caller,
        RequestId requestId
    )
    {
        var body = await request.ReadFieldsAsync();
        var domain = Read(body.Object("domain"));
        var key = IdempotencyKeys.Of(request, caller, body);
        var made = await db.WriteAsync(async tx =>
        {
            if (await tx.RecallAsync(key) is { } stored)
                return await store.FindDomainAsync(tx, stored.Body) ?? throw Refusals.NotFound("domain", stored.Body);
            if (!await store.TryAddDomainAsync(tx, domain))
                throw NameTaken(domain);
            await changes.AddAsync(tx, Change.Domain(domain.Id, revokes: false));
            await tx.RememberAsync(key, 201, domain.Id.Value);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"domain/{domain.Id}"));
            return domain;
        });
        return DomainView.Answer(201, request, urls, made);
    }

    public static Fault NameTaken(Domain domain) =>
        Fault.Conflict(
            "Conflict occurred attempting to store project - it is not permitted to have two projects acting as domains "
                + $"with the same name: {domain.Name}"
        );

    private Domain Read(Fields body)
    {
        _ = body["name"];
        var id = body.Nullable("explicit_domain_id") is { } given ? ReadId(given) : randomness.NewGuid().ToString("N");
        return DomainFields.Read(body).Over(new() { Id = new(id), Enabled = true });
    }

    private static string ReadId(Field given) =>
        given.String() is { Length: 32 } id && id.All(char.IsAsciiHexDigitLower)
            ? id
            : throw given.Wrong("must be 32 hexadecimal digits");
}
