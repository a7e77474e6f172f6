using Pipeline.Data;
using Pipeline.Identity.Domains;
using Pipeline.Identity.Passwords;

namespace Pipeline.Identity.Users;

internal sealed class CreateUser(
    Database db,
    IdentityStore store,
    PasswordCheck passwords,
    IdentityUrls urls,
    Randomness randomness
)
{
    private const string Rule = "identity:create_user";

    [Function("identity-create-user"), Policy(Rule, Require.Admin), Answers(201)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "identity/v3/users")] HttpRequest request,
        Caller caller,
        RequestId requestId
    )
    {
        var body = (await request.ReadFieldsAsync()).Object("user");
        _ = body["name"];
        var fields = UserFields.Read(body);
        var user = fields.Over(
            new()
            {
                Id = new(randomness.NewGuid().ToString("N")),
                DomainId = body.Nullable("domain_id")?.Id<DomainId>() ?? Domain.Default,
                Enabled = true,
            }
        );
        var hash = fields.Password is { } password ? await passwords.HashAsync(password, request.HttpContext) : null;
        await db.WriteAsync(async tx =>
        {
            if (await store.FindDomainAsync(tx, user.DomainId.Value) is null)
                throw Refusals.NotFound("domain", user.DomainId.Value);
            if (!await store.TryAddUserAsync(tx, user))
                throw Refusals.Duplicate("user", $"{user.Name} at domain ID {user.DomainId}");
            if (hash is not null)
                await store.SetHashAsync(tx, user.Id, hash);
            await tx.AuditAsync(caller, requestId, Rule, $"user/{user.Id}");
        });
        return UserView.Answer(201, request, urls, user);
    }
}
