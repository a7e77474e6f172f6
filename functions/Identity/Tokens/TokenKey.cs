using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Pipeline.Identity.Tokens;

/// <summary>One AES-256 key. Ciphers hold state between calls, so each user takes one of its own.</summary>
/// <param name="Id">Stands in clear before every token that the key has sealed.</param>
internal sealed record TokenKey(byte Id, DateTimeOffset MadeAt, byte[] Secret)
{
    public const int TagSize = 16;
    public const int NonceSize = 12;

    private readonly ConcurrentBag<AesGcm> ciphers = [];

    public AesGcm Take() => ciphers.TryTake(out var cipher) ? cipher : new AesGcm(Secret, TagSize);

    public void GiveBack(AesGcm cipher) => ciphers.Add(cipher);

    /// <summary>A line of the key file.</summary>
    public string ToLine() => $"{Id} {MadeAt.ToUnixTimeSeconds()} {Convert.ToBase64String(Secret)}";

    /// <exception cref="InvalidDataException">The line is not one of a key file.</exception>
    public static TokenKey FromLine(string line)
    {
        if (
            line.Split(' ') is [var id, var madeAt, var secret]
            && byte.TryParse(id, out var number)
            && long.TryParse(madeAt, out var seconds)
            && Convert.TryFromBase64String(secret, new byte[32], out var length)
            && length == 32
        )
            return new(number, DateTimeOffset.FromUnixTimeSeconds(seconds), Convert.FromBase64String(secret));
        throw new InvalidDataException("The file of token keys has a line that is not a key.");
    }
}
