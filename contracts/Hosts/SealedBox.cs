using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Pipeline.Contracts.Hosts;

/// <summary>
/// A secret sealed to a host's key: ECDH P-256 with a fresh key pair, SHA-256, then AES-256-GCM.
/// Layout: length of the public key (2 bytes, big endian), public key (SubjectPublicKeyInfo), ciphertext, tag.
/// </summary>
public static class SealedBox
{
    private const int TagSize = 16;

    // One key seals one message, so that a fixed nonce is safe.
    private static readonly byte[] Nonce = new byte[12];

    /// <param name="purpose">Authenticated, not hidden: what the secret is for, as its id.</param>
    public static byte[] Seal(byte[] hostKey, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> purpose)
    {
        using var host = ECDiffieHellman.Create();
        host.ImportSubjectPublicKeyInfo(hostKey, out _);
        using var fresh = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var publicKey = fresh.ExportSubjectPublicKeyInfo();
        var box = new byte[2 + publicKey.Length + secret.Length + TagSize];
        BinaryPrimitives.WriteUInt16BigEndian(box, (ushort)publicKey.Length);
        publicKey.CopyTo(box, 2);
        using var cipher = new AesGcm(fresh.DeriveKeyFromHash(host.PublicKey, HashAlgorithmName.SHA256), TagSize);
        var text = box.AsSpan(2 + publicKey.Length, secret.Length);
        cipher.Encrypt(Nonce, secret, text, box.AsSpan(^TagSize..), purpose);
        return box;
    }

    /// <exception cref="CryptographicException">Sealed to another key, for another purpose, or changed.</exception>
    public static byte[] Open(ECDiffieHellman hostKey, ReadOnlySpan<byte> box, ReadOnlySpan<byte> purpose)
    {
        if (box.Length < 2)
            throw new CryptographicException("not a sealed box");
        var length = BinaryPrimitives.ReadUInt16BigEndian(box);
        if (box.Length < 2 + length + TagSize)
            throw new CryptographicException("not a sealed box");
        using var fresh = ECDiffieHellman.Create();
        fresh.ImportSubjectPublicKeyInfo(box.Slice(2, length), out _);
        using var cipher = new AesGcm(hostKey.DeriveKeyFromHash(fresh.PublicKey, HashAlgorithmName.SHA256), TagSize);
        var text = box[(2 + length)..^TagSize];
        var secret = new byte[text.Length];
        cipher.Decrypt(Nonce, text, box[^TagSize..], secret, purpose);
        return secret;
    }
}
