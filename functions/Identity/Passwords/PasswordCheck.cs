using System.Net;
using System.Net.Sockets;
using Pipeline.Data;
using Pipeline.Identity.Cache;
using Pipeline.Identity.Changes;

namespace Pipeline.Identity.Passwords;

/// <summary>Checks and makes passwords, at the same cost whether the user exists or not.</summary>
internal sealed class PasswordCheck(
    PasswordQueue queue,
    KnownPasswords known,
    Database db,
    IdentityStore store,
    ChangeLog changes,
    Lockout lockout,
    Randomness randomness,
    Proxies proxies,
    IdentityOptions options
)
{
    private readonly string decoy = PasswordHash.Decoy(options.PasswordIterations, randomness.Fill);

    /// <param name="user">Null for one that does not exist: then the answer is no, as late as for a wrong password.</param>
    /// <exception cref="Fault">RateLimited when too many checks wait.</exception>
    public async ValueTask<bool> VerifyAsync(UserFacts? user, string password, HttpContext context)
    {
        var hash = user?.PasswordHash;
        var failures = await lockout.OfAsync(user);
        var locked = lockout.Locks(failures, user);
        if (!locked && hash is not null && known.Has(user!.Id.Value, hash, password))
        {
            await lockout.ForgetAsync(failures, user);
            return true;
        }
        var right = await queue.RunAsync(
            SourceOf(context),
            () => PasswordHash.Verify(password, hash ?? decoy),
            context.RequestAborted
        );
        if (!right || user is null || hash is null || locked)
        {
            await lockout.CountAsync(locked ? null : user); // who is locked out stays so no longer by trying
            return false;
        }
        if (lockout.Locks(failures = await lockout.OfAsync(user), user))
            return false; // others have guessed meanwhile
        await lockout.ForgetAsync(failures, user);
        if (PasswordHash.IterationsOf(hash) < options.PasswordIterations)
            hash = await UpgradeAsync(user.Id, hash, password, context);
        known.Remember(user.Id.Value, hash, password);
        return true;
    }

    /// <summary>The same for a secret that belongs to something else than a user.</summary>
    /// <param name="whose">Null for what does not exist.</param>
    public async ValueTask<bool> VerifyAsync(string? whose, string? hash, string secret, HttpContext context)
    {
        if (whose is not null && hash is not null && known.Has(whose, hash, secret))
            return true;
        var right = await queue.RunAsync(
            SourceOf(context),
            () => PasswordHash.Verify(secret, hash ?? decoy),
            context.RequestAborted
        );
        if (!right || whose is null || hash is null)
            return false;
        known.Remember(whose, hash, secret);
        return true;
    }

    /// <summary>Whether a password is the one of a hash that is no user's present one.</summary>
    /// <exception cref="Fault">RateLimited when too many checks wait.</exception>
    public Task<bool> MatchesAsync(string password, string hash, HttpContext context) =>
        queue.RunAsync(SourceOf(context), () => PasswordHash.Verify(password, hash), context.RequestAborted);

    /// <summary>The hash to store for a new password. Made before the transaction that stores it.</summary>
    /// <exception cref="Fault">RateLimited when too many checks wait.</exception>
    public Task<string> HashAsync(string password, HttpContext context) =>
        queue.RunAsync(
            SourceOf(context),
            () => PasswordHash.Make(password, options.PasswordIterations, randomness.Fill),
            context.RequestAborted
        );

    private async Task<string> UpgradeAsync(UserId user, string hash, string password, HttpContext context)
    {
        var better = await HashAsync(password, context);
        var changed = await db.WriteAsync(async tx =>
        {
            if (!await store.ReplaceHashAsync(tx, user, hash, better))
                return false; // changed meanwhile: the newer one stands
            await changes.AddAsync(tx, Change.User(user, revokes: false));
            return true;
        });
        return changed ? better : hash;
    }

    // An IPv6 network is one source: its addresses cost nothing.
    private string SourceOf(HttpContext context) =>
        proxies.ClientOf(context) switch
        {
            null => "",
            { AddressFamily: AddressFamily.InterNetworkV6 } address => new IPAddress([
                .. address.GetAddressBytes().AsSpan(0, 8),
                .. new byte[8],
            ]).ToString(),
            var address => address.ToString(),
        };
}
