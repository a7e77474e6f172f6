using System.Security.Cryptography;
using Pipeline.Contracts;

namespace Pipeline.Data;

/// <summary>A secret as it lies in the database; only the vault's key opens it.</summary>
public sealed record SealedSecret(SecretId Id, string Sealed);

/// <summary>Seals secrets with AES-256-GCM under a key file that lies outside the database; the id is authenticated too.</summary>
public sealed class Vault : IDisposable
{
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private readonly Lock gate = new(); // AesGcm is not made for several threads
    private readonly AesGcm cipher;
    private readonly Randomness randomness;

    /// <param name="key">32 bytes.</param>
    public Vault(ReadOnlySpan<byte> key, Randomness randomness)
    {
        cipher = new AesGcm(key, TagSize);
        this.randomness = randomness;
    }

    public SealedSecret Seal(ReadOnlySpan<byte> secret)
    {
        var id = new SecretId(randomness.NewGuid());
        var box = new byte[NonceSize + secret.Length + TagSize];
        var nonce = box.AsSpan(0, NonceSize);
        randomness.Fill(nonce);
        var text = box.AsSpan(NonceSize, secret.Length);
        lock (gate)
            cipher.Encrypt(nonce, secret, text, box.AsSpan(^TagSize..), id.Value.ToByteArray());
        return new(id, Convert.ToBase64String(box));
    }

    /// <exception cref="CryptographicException">The text was changed, or belongs to another id or key.</exception>
    public byte[] Open(SealedSecret secret)
    {
        var box = Convert.FromBase64String(secret.Sealed);
        if (box.Length < NonceSize + TagSize)
            throw new CryptographicException("a sealed secret was cut short");
        var plain = new byte[box.Length - NonceSize - TagSize];
        var text = box.AsSpan(NonceSize, plain.Length);
        lock (gate)
            cipher.Decrypt(
                box.AsSpan(0, NonceSize),
                text,
                box.AsSpan(^TagSize..),
                plain,
                secret.Id.Value.ToByteArray()
            );
        return plain;
    }

    public void Dispose() => cipher.Dispose();
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
