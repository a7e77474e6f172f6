using Pipeline.Data;
using Pipeline.Identity.Cache;

namespace Pipeline.Identity.Passwords;

/// <summary>Whether a password is one of those that its user has had.</summary>
internal sealed class PasswordHistory(
    Database db,
    IdentityStore store,
    PasswordCheck passwords,
    IdentityOptions options
)
{
    /// <exception cref="Fault">BadRequest when it is; RateLimited when too many checks wait.</exception>
    public async Task CheckAsync(UserFacts user, string password, HttpContext context)
    {
        if (options.Passwords.History is not (> 0 and var count))
            return;
        var old = await db.ReadAsync(tx => store.OldHashesAsync(tx, user.Id, count - 1));
        foreach (var hash in old.Prepend(user.PasswordHash!))
            if (await passwords.MatchesAsync(password, hash, context))
                throw Fault.BadRequest(
                    "The new password cannot be identical to a previous password. The total number which includes "
                        + $"the new password must be unique is {count}."
                );
    }
}
