using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Pipeline.Identity.Federation;

/// <summary>A JSON Web Token (RFC 7519) in its compact form, not yet believed: who says to have signed it, how, and what it says.</summary>
internal sealed record SignedClaims(
    string Algorithm,
    string? KeyId,
    JsonElement Claims,
    byte[] Signed,
    byte[] Signature
)
{
    private const int Longest = 16 * 1024;

    /// <summary>How far an issuer's clock may be from ours.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    public string? Issuer => Text("iss");

    /// <summary>Null for what is no such token, or is of an algorithm other than RS256 and ES256.</summary>
    public static SignedClaims? Read(string text)
    {
        if (text.Length > Longest || text.Split('.') is not [var head, var body, var signature])
            return null;
        try
        {
            var header = JsonElement.Parse(Base64Url.DecodeFromChars(head));
            var claims = JsonElement.Parse(Base64Url.DecodeFromChars(body));
            if (
                header.ValueKind != JsonValueKind.Object
                || claims.ValueKind != JsonValueKind.Object
                || header.TryGetProperty("crit", out _) // extensions that must be understood
                || TextOf(header, "alg") is not ("RS256" or "ES256")
            )
                return null;
            var signed = Encoding.ASCII.GetBytes($"{head}.{body}");
            return new(
                TextOf(header, "alg")!,
                TextOf(header, "kid"),
                claims,
                signed,
                Base64Url.DecodeFromChars(signature)
            );
        }
        catch (Exception wrong) when (wrong is FormatException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    public bool IsSignedBy(SigningKey key) => key.Algorithm == Algorithm && key.Verifies(Signed, Signature);

    /// <summary>True for a token for this audience, between its first and its last moment.</summary>
    public bool IsFor(string audience, DateTimeOffset now) =>
        Values("aud").Contains(audience)
        && Time("exp") is { } end
        && now < end + Skew
        && (!Claims.TryGetProperty("nbf", out _) || Time("nbf") <= now + Skew)
        && (!Claims.TryGetProperty("iat", out _) || Time("iat") <= now + Skew);

    public string? Text(string claim) => TextOf(Claims, claim);

    /// <summary>A claim as texts: a list's elements, or the one value; empty for what is none of these.</summary>
    public IReadOnlyList<string> Values(string claim) =>
        !Claims.TryGetProperty(claim, out var value) ? []
        : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(Shown).OfType<string>()]
        : Shown(value) is { } one ? [one]
        : [];

    public override string ToString() => $"claims of {Issuer}"; // a record would print them

    private DateTimeOffset? Time(string claim) =>
        Claims.TryGetProperty(claim, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetDouble(out var seconds)
        && seconds is >= 0 and < 100_000_000_000
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
            : null;

    private static string? Shown(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => StringOf(value),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
            _ => null,
        };

    private static string? TextOf(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? StringOf(value) : null;

    private static string? StringOf(JsonElement value)
    {
        try
        {
            return value.GetString() is { } text && !text.Contains('\0') ? text : null;
        }
        catch (InvalidOperationException) // half of a surrogate pair, escaped
        {
            return null;
        }
    }
}
