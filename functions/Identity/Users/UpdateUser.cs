using Pipeline.Data;
using Pipeline.Identity.Changes;
using Pipeline.Identity.Passwords;

namespace Pipeline.Identity.Users;

/// <summary>Disabling a user, or giving them another password, ends all their tokens.</summary>
internal sealed class UpdateUser(
    Database db,
    IdentityStore store,
    Policies policies,
    ChangeLog changes,
    PasswordCheck passwords,
    IdentityUrls urls,
    IdentityOptions options
)
{
    private readonly PasswordRules rules = options.Passwords;
    private const string Rule = "identity:update_user";

    [Function("identity-update-user"), Policy(Rule, Require.Token, Check = Checks.WriteUser), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "identity/v3/users/{user_id}")] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string userId
    )
    {
        var body = (await request.ReadFieldsAsync()).Object("user");
        body.NotEmpty();
        body.SameId(userId);
        var fields = UserFields.Read(body);
        if (fields.Password is not null)
            rules.CheckStrength(fields.Password);
        var hash = fields.Password is { } password ? await passwords.HashAsync(password, request.HttpContext) : null;
        var user = await db.WriteAsync(async tx =>
        {
            var found = await store.FindUserAsync(tx, userId);
            policies.Enforce(Rule, caller, Targets.User(found));
            var before = found ?? throw Refusals.NotFound("user", userId);
            body.SameDomain(before.DomainId);
            var after = fields.Over(before);
            await WriteAsync(tx, before, after, fields, hash);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"user/{after.Id}"));
            return await store.FindUserAsync(tx, userId) ?? after;
        });
        return UserView.Answer(200, request, urls, user);
    }

    private async ValueTask WriteAsync(Tx tx, User before, User after, UserFields fields, string? hash)
    {
        if (!await store.TryUpdateUserAsync(tx, after))
            throw Refusals.Duplicate("user", $"{after.Name} at domain ID {after.DomainId}");
        if (hash is not null)
            await store.SetPasswordAsync(
                tx,
                after.Id,
                new(hash, rules.EndOf(UserOptions.Parse(after.Options), chosen: false, tx.Now), Chosen: false)
            );
        if (fields.Enabled == true)
        {
            await store.ForgetLoginFailuresAsync(tx, after.Id);
            await store.SetActiveAsync(tx, after.Id);
        }
        var ends = hash is not null || (before.Enabled && !after.Enabled);
        await changes.AddAsync(tx, Change.User(after.Id, revokes: ends));
    }
}
