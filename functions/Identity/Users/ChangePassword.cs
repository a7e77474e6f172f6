using Pipeline.Data;
using Pipeline.Identity.Cache;
using Pipeline.Identity.Changes;
using Pipeline.Identity.Passwords;

namespace Pipeline.Identity.Users;

/// <summary>
/// By the user, whose old password is the proof: no token is needed, and all the user's tokens end with it.
/// </summary>
internal sealed class ChangePassword(
    Database db,
    IdentityStore store,
    IdentityCache cache,
    ChangeFeed feed,
    ChangeLog changes,
    PasswordCheck passwords,
    PasswordHistory history,
    IdentityOptions options,
    TimeProvider time
)
{
    private const string Locked =
        "You cannot change your password at this time due to password policy disallowing password changes. "
        + "Please contact your administrator to reset your password.";

    private readonly PasswordRules rules = options.Passwords;
    private const string Rule = "identity:change_password";

    [Function("identity-change-password"), Policy(Rule, Require.Anyone), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "identity/v3/users/{user_id}/password")]
            HttpRequest request,
        RequestId requestId,
        string userId
    )
    {
        var body = (await request.ReadFieldsAsync()).Object("user");
        body.Only("original_password", "password");
        var original = body.String("original_password", max: PasswordHash.LongestPassword);
        var password = body.String("password", max: PasswordHash.LongestPassword);
        await feed.ConfirmAsync();
        var user = UserId.TryParse(userId, out var id) ? await cache.UserAsync(id) : null;
        if (!await passwords.VerifyAsync(user, original, request.HttpContext) || user is not { Enabled: true })
            throw Refusals.Unauthorized();
        var asks = user.Asks;
        if (asks.LockPassword == true)
            throw Fault.BadRequest(Locked);
        rules.CheckStrength(password);
        if (user is { PasswordChosen: true, PasswordChangedAt: { } changedAt })
            rules.CheckAge(changedAt, time.GetUtcNow());
        await history.CheckAsync(user, password, request.HttpContext);
        var hash = await passwords.HashAsync(password, request.HttpContext);
        await db.WriteAsync(async tx =>
        {
            if (await store.FindHashAsync(tx, user.Id) is not { } stored || stored != user.PasswordHash)
                throw Refusals.Unauthorized(); // changed by another while this one was checked
            await store.SetPasswordAsync(tx, user.Id, new(hash, rules.EndOf(asks, chosen: true, tx.Now), Chosen: true));
            await changes.AddAsync(tx, Change.User(user.Id, revokes: true));
            await tx.AuditAsync(new(user.Id, null, user.DomainId, requestId.Value, Rule, $"user/{user.Id}"));
        });
        return Answer.NoContent();
    }
}
