using Pipeline.Data;
using Pipeline.Identity.Passwords;

namespace Pipeline.Identity;

internal sealed partial class IdentityStore
{
    public ValueTask<string?> FindHashAsync(Tx tx, UserId user) =>
        tx.ScalarAsync<string>("SELECT hash FROM passwords WHERE user_id = @user", new { user });

    /// <summary>Keeps the password that was among the old ones, of which as many stay as the rules ask for.</summary>
    public async ValueTask SetPasswordAsync(Tx tx, UserId user, StoredPassword password)
    {
        var kept = Math.Max(0, options.Passwords.History - 1);
        if (kept > 0)
            await tx.ExecuteAsync(
                """
                INSERT INTO old_passwords (user_id, hash, changed_at)
                SELECT user_id, hash, changed_at FROM passwords WHERE user_id = @user ON CONFLICT DO NOTHING
                """,
                new { user }
            );
        await tx.ExecuteAsync(
            """
            DELETE FROM old_passwords WHERE user_id = @user AND hash NOT IN (
                SELECT hash FROM old_passwords WHERE user_id = @user ORDER BY changed_at DESC, hash LIMIT @kept)
            """,
            new { user, kept }
        );
        await tx.ExecuteAsync(
            """
            INSERT INTO passwords (user_id, hash, changed_at, expires_at, chosen)
            VALUES (@user, @Hash, @now, @ExpiresAt, @Chosen)
            ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at,
                expires_at = excluded.expires_at, chosen = excluded.chosen
            """,
            new
            {
                user,
                password.Hash,
                password.ExpiresAt,
                password.Chosen,
            }
        );
    }

    /// <summary>Stores the same password at a higher cost; false when it was changed meanwhile.</summary>
    public async ValueTask<bool> ReplaceHashAsync(Tx tx, UserId user, string hash, string better) =>
        await tx.ExecuteAsync(
            "UPDATE passwords SET hash = @better WHERE user_id = @user AND hash = @hash",
            new
            {
                user,
                hash,
                better,
            }
        ) == 1;

    /// <summary>The newest first.</summary>
    public ValueTask<IReadOnlyList<string>> OldHashesAsync(Tx tx, UserId user, int count) =>
        tx.ListAsync<string>(
            "SELECT hash FROM old_passwords WHERE user_id = @user ORDER BY changed_at DESC, hash LIMIT @count",
            new { user, count }
        );

    public ValueTask<LoginFailures?> LoginFailuresAsync(Tx tx, string user) =>
        tx.FindAsync<LoginFailures>("SELECT failures, last_at FROM login_failures WHERE user_id = @user", new { user });

    /// <param name="attempts">As many lock a user out.</param>
    /// <param name="free">Who was locked out before is so no more, and begins anew.</param>
    public ValueTask<int> AddLoginFailureAsync(Tx tx, string user, int attempts, DateTimeOffset free) =>
        tx.ExecuteAsync(
            """
            INSERT INTO login_failures (user_id, failures, last_at) VALUES (@user, 1, @now)
            ON CONFLICT (user_id) DO UPDATE SET last_at = excluded.last_at, failures =
                CASE WHEN login_failures.failures >= @attempts AND login_failures.last_at <= @free THEN 1
                ELSE login_failures.failures + 1 END
            """,
            new
            {
                user,
                attempts,
                free,
            }
        );

    public ValueTask<int> ForgetLoginFailuresAsync(Tx tx, UserId user) =>
        tx.ExecuteAsync("DELETE FROM login_failures WHERE user_id = @user", new { user });

    public ValueTask<int> SetActiveAsync(Tx tx, UserId user) =>
        tx.ExecuteAsync("UPDATE users SET last_active_at = @now WHERE id = @user", new { user });

    /// <summary>False when the code of this time step, or of a later one, was used before.</summary>
    public async ValueTask<bool> TryUseCodeAsync(Tx tx, string credential, long step) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO totp_uses (credential_id, step) VALUES (@credential, @step)
            ON CONFLICT (credential_id) DO UPDATE SET step = excluded.step WHERE totp_uses.step < excluded.step
            """,
            new { credential, step }
        ) == 1;

    /// <summary>Wrong codes of a user within a time step.</summary>
    public ValueTask<long> WrongCodesAsync(Tx tx, string user, long step) =>
        tx.ScalarAsync<long>(
            "SELECT COALESCE(SUM(failures), 0) FROM totp_failures WHERE user_id = @user AND step = @step",
            new { user, step }
        );

    public ValueTask<int> AddWrongCodeAsync(Tx tx, string user, long step) =>
        tx.ExecuteAsync(
            """
            INSERT INTO totp_failures (user_id, step, failures) VALUES (@user, @step, 1)
            ON CONFLICT (user_id) DO UPDATE SET step = excluded.step, failures =
                CASE WHEN totp_failures.step = excluded.step THEN totp_failures.failures + 1 ELSE 1 END
            """,
            new { user, step }
        );

    /// <summary>All that is remembered of a user's logins.</summary>
    private static async ValueTask DeleteLoginsAsync(Tx tx, UserId user)
    {
        foreach (var table in (string[])["passwords", "old_passwords", "login_failures", "totp_failures"])
            await tx.ExecuteAsync($"DELETE FROM {table} WHERE user_id = @user", new { user });
    }
}
