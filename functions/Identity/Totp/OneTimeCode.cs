using System.Globalization;
using System.Security.Cryptography;

namespace Pipeline.Identity.Totp;

/// <summary>RFC 6238 as authenticator apps have it: HMAC-SHA-1 over the number of half minutes, six digits; the secret in base32 (RFC 4648).</summary>
internal static class OneTimeCode
{
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static long StepAt(DateTimeOffset time) => time.ToUnixTimeSeconds() / (long)Step.TotalSeconds;

    public static string At(byte[] secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> mac = stackalloc byte[HMACSHA1.HashSizeInBytes];
        HMACSHA1.HashData(secret, counter, mac);
        var number = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(mac[(mac[^1] & 0x0f)..]) & 0x7fff_ffff;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>Null for what is no base32, or nothing.</summary>
    public static byte[]? Secret(string text)
    {
        var bytes = new List<byte>();
        var (held, bits) = (0, 0);
        foreach (var c in text.TrimEnd('='))
        {
            var value = Alphabet.IndexOf(char.ToUpperInvariant(c));
            if (value < 0)
                return null;
            (held, bits) = (((held << 5) | value) & 0xffff, bits + 5);
            if (bits >= 8)
                bytes.Add((byte)(held >> (bits -= 8)));
        }
        return bytes.Count > 0 ? [.. bytes] : null;
    }
}
