using System.Globalization;
using System.Security.Cryptography;
using Pipeline.Contracts;

namespace Pipeline.Data;

/// <summary>A secret as it lies in the database; only the vault's key opens it.</summary>
public sealed record SealedSecret(SecretId Id, string Sealed);

/// <summary>
/// Seals secrets under the key ring's newest key, whose id stands before the box; the secret's own id is authenticated. What has no key's
/// id was sealed by the key file itself.
/// </summary>
public sealed class Vault : IDisposable
{
    private readonly Lock gate = new(); // a box is not made for several threads
    private readonly Dictionary<RingKey, Box> boxes = [];
    private readonly Box root;
    private readonly KeyRing? ring;
    private readonly Randomness randomness;

    /// <param name="key">The key file's 32 bytes.</param>
    /// <param name="ring">Null for a vault with this key alone.</param>
    public Vault(ReadOnlySpan<byte> key, Randomness randomness, KeyRing? ring = null)
    {
        root = new(key.ToArray());
        (this.randomness, this.ring) = (randomness, ring);
    }

    public SealedSecret Seal(ReadOnlySpan<byte> secret) => Seal(new(randomness.NewGuid()), secret);

    /// <exception cref="CryptographicException">The text was changed, or belongs to another id or key.</exception>
    /// <exception cref="Fault">Unavailable when it was sealed by a key that is not known here yet.</exception>
    public byte[] Open(SealedSecret secret)
    {
        var (key, text) = Parts(secret.Sealed);
        var sealedBox = Convert.FromBase64String(text);
        lock (gate)
            return (key is null ? root : BoxOf(key)).Open(sealedBox, secret.Id.Value.ToByteArray());
    }

    /// <summary>The same secret under its id, sealed by the key that seals now.</summary>
    internal SealedSecret Reseal(SealedSecret secret)
    {
        var plain = Open(secret);
        var again = Seal(secret.Id, plain);
        CryptographicOperations.ZeroMemory(plain);
        return again;
    }

    public void Dispose()
    {
        root.Dispose();
        foreach (var box in boxes.Values)
            box.Dispose();
    }

    private SealedSecret Seal(SecretId id, ReadOnlySpan<byte> secret)
    {
        var key = ring?.Sealing(KeyRing.Secrets);
        byte[] sealedBox;
        lock (gate)
            sealedBox = (key is null ? root : BoxOf(key)).Seal(secret, randomness, id.Value.ToByteArray());
        var text = Convert.ToBase64String(sealedBox);
        return new(id, key is null ? text : string.Create(CultureInfo.InvariantCulture, $"{key.Id}:{text}"));
    }

    private Box BoxOf(RingKey key) => boxes.TryGetValue(key, out var known) ? known : boxes[key] = new(key.Secret);

    /// <summary>The key that sealed a text, null for the key file, and the text without its name.</summary>
    private (RingKey? Key, string Text) Parts(string text)
    {
        if (text.IndexOf(':') is not (> 0 and var at))
            return (null, text);
        var id = int.Parse(text.AsSpan(0, at), CultureInfo.InvariantCulture);
        var key =
            ring?.Find(KeyRing.Secrets, id)
            ?? throw new Fault(FaultCode.Unavailable, "a secret's key is not known here yet");
        return (key, text[(at + 1)..]);
    }
}

public static class Secrets
{
    /// <param name="owner">What the secret goes with, as `server/{id}`: deleting the owner deletes it.</param>
    public static async ValueTask PutSecretAsync(this Tx tx, string owner, SealedSecret secret) =>
        await tx.ExecuteAsync(
            "INSERT INTO secrets (id, owner, sealed, created_at) VALUES (@Id, @owner, @Sealed, @now)",
            new
            {
                secret.Id,
                owner,
                secret.Sealed,
            }
        );

    public static async ValueTask<SealedSecret?> FindSecretAsync(this Tx tx, SecretId id) =>
        await tx.ScalarAsync<string?>("SELECT sealed FROM secrets WHERE id = @id", new { id }) is { } text
            ? new SealedSecret(id, text)
            : null;

    public static async ValueTask DeleteSecretsAsync(this Tx tx, string owner) =>
        await tx.ExecuteAsync("DELETE FROM secrets WHERE owner = @owner", new { owner });
}
