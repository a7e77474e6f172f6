using Pipeline.Data;
using Pipeline.Identity.Cache;

namespace Pipeline.Identity.Passwords;

/// <summary>Counts wrong passwords in a row, where an operator has set how many are too many. A user who does not exist costs the same.</summary>
internal sealed class Lockout(Database db, IdentityStore store, IdentityOptions options, TimeProvider time)
{
    private const string Nobody = "";

    private PasswordRules Rules => options.Passwords;

    public async ValueTask<LoginFailures> OfAsync(UserFacts? user) =>
        Rules.LockoutAttempts is null
            ? LoginFailures.None
            : await db.ReadAsync(tx => store.LoginFailuresAsync(tx, user?.Id.Value ?? Nobody)) ?? LoginFailures.None;

    public bool Locks(LoginFailures failures, UserFacts? user) =>
        user is not null
        && failures.Failures >= Rules.LockoutAttempts
        && (Rules.LockoutDuration is not { } duration || failures.LastAt + duration > time.GetUtcNow())
        && user.Asks.IgnoreLockoutFailureAttempts != true;

    public async ValueTask CountAsync(UserFacts? user)
    {
        if (Rules.LockoutAttempts is not { } attempts)
            return;
        var free = Rules.LockoutDuration is { } duration ? time.GetUtcNow() - duration : DateTimeOffset.UnixEpoch;
        await db.WriteAsync(async tx =>
        {
            await store.AddLoginFailureAsync(tx, user?.Id.Value ?? Nobody, attempts, free);
        });
    }

    public async ValueTask ForgetAsync(LoginFailures failures, UserFacts user)
    {
        if (failures.Failures > 0)
            await db.WriteAsync(async tx =>
            {
                await store.ForgetLoginFailuresAsync(tx, user.Id);
            });
    }
}

/// <summary>Wrong passwords of one user since the last right one.</summary>
internal sealed record LoginFailures
{
    public static LoginFailures None { get; } = new();

    public long Failures { get; init; }
    public DateTimeOffset LastAt { get; init; }
}
