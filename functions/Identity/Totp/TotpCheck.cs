using System.Security.Cryptography;
using System.Text;
using Pipeline.Data;
using Pipeline.Identity.Cache;
using Pipeline.Identity.Credentials;

namespace Pipeline.Identity.Totp;

/// <summary>A code that is right now.</summary>
internal sealed record RightCode(string CredentialId, long Step);

/// <summary>
/// Codes of a user's `totp` credentials: the present one, and the one before it for who types slowly. After a few wrong ones no code is taken
/// until the next one comes, so that six digits cannot be searched.
/// </summary>
internal sealed class TotpCheck(Database db, IdentityStore store, CredentialStore credentials, TimeProvider time)
{
    public const string CredentialType = "totp";

    /// <summary>Within one time step.</summary>
    public const int MostWrong = 5;

    /// <summary>Looks without using it up.</summary>
    /// <param name="user">Null for one that does not exist.</param>
    public async ValueTask<RightCode?> FindAsync(UserFacts? user, string code)
    {
        var now = OneTimeCode.StepAt(time.GetUtcNow());
        var (secrets, wrong) = await db.ReadAsync(tx => SecretsAsync(tx, user?.Id.Value ?? "", now));
        var found = default(RightCode);
        foreach (var (credential, secret) in secrets)
        foreach (var step in (long[])[now, now - 1])
            if (Same(OneTimeCode.At(secret, step), code))
                found ??= new(credential, step);
        return wrong < MostWrong ? found : null;
    }

    /// <summary>False when another login was first: a code works once.</summary>
    public Task<bool> UseAsync(RightCode code) =>
        db.WriteAsync(tx => store.TryUseCodeAsync(tx, code.CredentialId, code.Step));

    /// <param name="user">Null where more than the code was wrong: that counts against nobody, and costs the same.</param>
    public Task CountWrongAsync(UserFacts? user) =>
        db.WriteAsync(async tx =>
        {
            await store.AddWrongCodeAsync(tx, user?.Id.Value ?? "", OneTimeCode.StepAt(time.GetUtcNow()));
        });

    private async ValueTask<(List<(string Credential, byte[] Secret)> Secrets, long Wrong)> SecretsAsync(
        Tx tx,
        string user,
        long step
    )
    {
        var secrets = new List<(string, byte[])>();
        foreach (var credential in await credentials.ListAsync(tx, user, CredentialType))
            if (OneTimeCode.Secret(await credentials.BlobAsync(tx, credential)) is { } secret)
                secrets.Add((credential.Id, secret));
        return (secrets, await store.WrongCodesAsync(tx, user, step));
    }

    private static bool Same(string right, string given) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(right), Encoding.UTF8.GetBytes(given));
}
