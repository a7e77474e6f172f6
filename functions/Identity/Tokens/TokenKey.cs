using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Pipeline.Identity.Tokens;

/// <summary>One AES-256 key. Ciphers hold state between calls, so each user takes one of its own.</summary>
/// <param name="Id">Stands in clear before every token that the key has sealed.</param>
internal sealed record TokenKey(byte Id, byte[] Secret)
{
    public const int TagSize = 16;
    public const int NonceSize = 12;

    private readonly ConcurrentBag<AesGcm> ciphers = [];

    public AesGcm Take() => ciphers.TryTake(out var cipher) ? cipher : new AesGcm(Secret, TagSize);

    public void GiveBack(AesGcm cipher) => ciphers.Add(cipher);
}
