using System.Security.Cryptography;

namespace Pipeline.Data;

/// <summary>Nonce, AES-256-GCM, tag. One user at a time: the cipher keeps state between calls.</summary>
internal sealed class Box(byte[] key) : IDisposable
{
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private readonly AesGcm cipher = new(key, TagSize);

    /// <param name="name">Authenticated too, so that no box can be taken for another.</param>
    public byte[] Seal(ReadOnlySpan<byte> plain, Randomness randomness, byte[] name)
    {
        var box = new byte[NonceSize + plain.Length + TagSize];
        var nonce = box.AsSpan(0, NonceSize);
        randomness.Fill(nonce);
        cipher.Encrypt(nonce, plain, box.AsSpan(NonceSize, plain.Length), box.AsSpan(^TagSize..), name);
        return box;
    }

    /// <exception cref="CryptographicException">It was changed, cut short, or belongs to another name or key.</exception>
    public byte[] Open(ReadOnlySpan<byte> box, byte[] name)
    {
        if (box.Length < NonceSize + TagSize)
            throw new CryptographicException("what was sealed was cut short");
        var plain = new byte[box.Length - NonceSize - TagSize];
        cipher.Decrypt(box[..NonceSize], box.Slice(NonceSize, plain.Length), box[^TagSize..], plain, name);
        return plain;
    }

    public void Dispose() => cipher.Dispose();
}
