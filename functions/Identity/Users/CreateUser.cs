using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Data;
using Pipeline.Identity.Passwords;

namespace Pipeline.Identity.Users;

internal sealed class CreateUser(
    Database db,
    IdentityStore store,
    Policies policies,
    PasswordCheck passwords,
    IdentityUrls urls,
    Randomness randomness,
    IdentityOptions options
)
{
    private readonly PasswordRules rules = options.Passwords;
    private const string Rule = "identity:create_user";

    [Function("identity-create-user"), Policy(Rule, Require.Token, Check = Checks.WriteUser), Answers(201)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "identity/v3/users")] HttpRequest request,
        Caller caller,
        RequestId requestId
    )
    {
        var body = await request.ReadFieldsAsync();
        var fields = UserFields.Read(body.Object("user"));
        var user = Read(body.Object("user"), fields, caller);
        policies.Enforce(Rule, caller, Targets.NewUser(user.DomainId));
        if (fields.Password is not null)
            rules.CheckStrength(fields.Password);
        var key = IdempotencyKeys.Of(request, caller, WithoutPassword(body));
        var hash = fields.Password is { } password ? await passwords.HashAsync(password, request.HttpContext) : null;
        var made = await db.WriteAsync(async tx =>
        {
            if (await tx.RecallAsync(key) is { } stored)
                return await store.FindUserAsync(tx, stored.Body) ?? throw Refusals.NotFound("user", stored.Body);
            await AddAsync(tx, user, hash);
            await tx.RememberAsync(key, 201, user.Id.Value);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"user/{user.Id}"));
            return await store.FindUserAsync(tx, user.Id.Value) ?? user;
        });
        return UserView.Answer(201, request, urls, made);
    }

    private async ValueTask AddAsync(Tx tx, User user, string? hash)
    {
        if (await store.FindDomainAsync(tx, user.DomainId.Value) is null)
            throw Refusals.NotFound("domain", user.DomainId.Value);
        if (!await store.TryAddUserAsync(tx, user))
            throw Refusals.Duplicate("user", $"{user.Name} at domain ID {user.DomainId}");
        if (hash is not null)
            await store.SetPasswordAsync(
                tx,
                user.Id,
                new(hash, rules.EndOf(UserOptions.Parse(user.Options), chosen: false, tx.Now), Chosen: false)
            );
    }

    private User Read(Fields body, UserFields fields, Caller caller)
    {
        _ = body["name"];
        return fields.Over(
            new()
            {
                Id = new(randomness.NewGuid().ToString("N")),
                DomainId = body.DomainOf(caller),
                Enabled = true,
            }
        );
    }

    // The digest that is kept with a key must not be one of a password.
    private static Fields WithoutPassword(Fields body)
    {
        var copy = JsonObject.Create(body.Json)!;
        copy["user"]!.AsObject().Remove("password");
        return new(JsonElement.Parse(copy.ToJsonString()), "");
    }
}
