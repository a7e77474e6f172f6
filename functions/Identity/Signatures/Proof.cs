using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Identity.Signatures;

/// <summary>What the versions of signatures have alike.</summary>
internal static class Proof
{
    /// <summary>How far a client's clock may be from ours, and how long who has seen a request can send it again.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromMinutes(15);

    private static readonly string[] Times =
    [
        "yyyyMMdd'T'HHmmssK",
        "yyyy-MM-dd'T'HH:mm:ssK",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
    ];

    /// <summary>Takes as long whatever differs; the length of a signature is no secret.</summary>
    public static bool Same(string signature, string given) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), Encoding.UTF8.GetBytes(given));

    public static bool IsNear(DateTimeOffset time, DateTimeOffset now) => (now - time).Duration() <= Skew;

    /// <summary>Null for what is no time.</summary>
    public static DateTimeOffset? TimeOf(string text) =>
        DateTimeOffset.TryParseExact(
            text,
            Times,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
            ? time
            : null;

    public static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>A query in the one spelling that is signed.</summary>
    public static string Canonical(IEnumerable<KeyValuePair<string, string>> parameters) =>
        string.Join(
            '&',
            parameters
                .OrderBy(given => given.Key, StringComparer.Ordinal)
                .Select(given => $"{Uri.EscapeDataString(given.Key)}={Uri.EscapeDataString(given.Value)}")
        );
}
