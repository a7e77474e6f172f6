using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Identity.Passwords;

/// <summary>PBKDF2-HMAC-SHA-512 as text: scheme, rounds, salt and hash, so that each hash says what it cost.</summary>
internal static class PasswordHash
{
    /// <summary>Characters; more would be an attack on the processor.</summary>
    public const int LongestPassword = 4096;

    private const string Scheme = "pbkdf2-sha512";
    private const int SaltSize = 16;
    private const int HashSize = 64;

    public static string Make(string password, int iterations, Action<Span<byte>> random)
    {
        var salt = new byte[SaltSize];
        random(salt);
        return Format(iterations, salt, Derive(password, salt, iterations));
    }

    /// <summary>A hash that no password has, to spend the usual time on a user who does not exist.</summary>
    public static string Decoy(int iterations, Action<Span<byte>> random)
    {
        Span<byte> bytes = stackalloc byte[SaltSize + HashSize];
        random(bytes);
        return Format(iterations, bytes[..SaltSize], bytes[SaltSize..]);
    }

    public static bool Verify(string password, string text)
    {
        var (iterations, salt, hash) = Parse(text);
        return CryptographicOperations.FixedTimeEquals(Derive(password, salt, iterations), hash);
    }

    public static int IterationsOf(string text) => Parse(text).Iterations;

    private static string Format(int iterations, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> hash) =>
        $"{Scheme}${iterations}${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}";

    private static byte[] Derive(string password, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(
            Encoding.UTF8.GetBytes(password),
            salt,
            iterations,
            HashAlgorithmName.SHA512,
            HashSize
        );

    private static (int Iterations, byte[] Salt, byte[] Hash) Parse(string text) =>
        text.Split('$') is [Scheme, var iterations, var salt, var hash]
            ? (
                int.Parse(iterations, CultureInfo.InvariantCulture),
                Convert.FromBase64String(salt),
                Convert.FromBase64String(hash)
            )
            : throw new InvalidDataException("A stored password hash is of a scheme that is not known.");
}
