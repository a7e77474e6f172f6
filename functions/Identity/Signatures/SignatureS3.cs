using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Identity.Signatures;

/// <summary>
/// A text that an object store has put together from a request to it, signed by its client: with HMAC-SHA-1 in the first version, or
/// as version 4. How long such a signature is good is the store's to say, which knows whether it was a link.
/// </summary>
internal static class SignatureS3
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public static bool Holds(SignedRequest request, string secret)
    {
        if (TextOf(request.StringToSign) is not { } text)
            return false;
        return text.StartsWith("AWS4", StringComparison.Ordinal)
            ? Version4(text, secret, request.Signature)
            : Proof.Same(Version1(text, secret), request.Signature);
    }

    private static bool Version4(string text, string secret, string signature) =>
        text.Split('\n') is [SignatureV4.Algorithm, var date, var scope, _]
        && scope.Split('/') is [var day, var region, ("s3" or "iam" or "sts") and var service, SignatureV4.End]
        && date.StartsWith(day, StringComparison.Ordinal)
        && Proof.Same(SignatureV4.Sign(secret, day, region, service, text), signature);

    // The store's clients choose the version; it is as good as its secret, which no one guesses.
    private static string Version1(string text, string secret) =>
        Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(text)));

    private static string? TextOf(string token)
    {
        try
        {
            return Strict.GetString(Base64Url.DecodeFromChars(token));
        }
        catch (Exception wrong) when (wrong is FormatException or DecoderFallbackException)
        {
            return null;
        }
    }
}
