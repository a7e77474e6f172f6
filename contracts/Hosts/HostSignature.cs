using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Contracts.Hosts;

/// <summary>
/// How an agent signs its requests: ECDSA P-256 over method, path with query, time and the body's SHA-256. The time bounds a replay;
/// what agents post is idempotent besides.
/// </summary>
public static class HostSignature
{
    public const string HostHeader = "X-Pipeline-Host";
    public const string TimeHeader = "X-Pipeline-Time";
    public const string SignatureHeader = "X-Pipeline-Signature";

    /// <summary>
    /// The SHA-512 in hex of a body that is too long to be held before it is believed: it is signed in the body's place, and what the body
    /// held is compared when it was read.
    /// </summary>
    public const string DigestHeader = "X-Pipeline-Digest";

    /// <summary>How far the clocks of a host and the control plane may be apart.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    public static string Sign(ECDsa key, string method, string target, long unixSeconds, ReadOnlySpan<byte> body) =>
        Convert.ToBase64String(key.SignData(Text(method, target, unixSeconds, body), HashAlgorithmName.SHA256));

    public static bool Verify(
        ECDsa key,
        string method,
        string target,
        long unixSeconds,
        ReadOnlySpan<byte> body,
        string signature
    )
    {
        var bytes = new byte[128];
        return Convert.TryFromBase64String(signature, bytes, out var length)
            && key.VerifyData(
                Text(method, target, unixSeconds, body),
                bytes.AsSpan(0, length),
                HashAlgorithmName.SHA256
            );
    }

    /// <summary>What is signed for a body by its digest: never what is signed for a body that is that digest.</summary>
    public static (string Method, byte[] Body) ByDigest(string method, string digest) =>
        ($"{method} by digest", Encoding.ASCII.GetBytes(digest));

    private static byte[] Text(string method, string target, long unixSeconds, ReadOnlySpan<byte> body) =>
        Encoding.UTF8.GetBytes($"{method}\n{target}\n{unixSeconds}\n{Convert.ToHexStringLower(SHA256.HashData(body))}");
}
