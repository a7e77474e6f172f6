using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Identity.Signatures;

/// <summary>
/// AWS's signature version 4, in the `Authorization` header or in the query: a key derived for one day, region and service, over the
/// whole request with the hash of its body.
/// </summary>
internal static class SignatureV4
{
    public const string Algorithm = "AWS4-HMAC-SHA256";
    public const string End = "aws4_request";

    public static bool IsOf(SignedRequest request) =>
        InHeader(request) is not null || request.Params.GetValueOrDefault("X-Amz-Algorithm") == Algorithm;

    public static bool Holds(SignedRequest request, string secret)
    {
        var signed = Part(request, "SignedHeaders").Split(';');
        var date = DateOf(request);
        if (
            Part(request, "Credential").Split('/') is not [var access, var day, var region, var service, End]
            || access != request.Access
            || day.Length != 8
            || !date.StartsWith(day, StringComparison.Ordinal)
            || !signed.Contains("host")
        )
            return false;
        var scope = $"{day}/{region}/{service}/{End}";
        var text = $"{Algorithm}\n{date}\n{scope}\n{Proof.Sha256(Canonical(request, signed))}";
        return Proof.Same(Sign(secret, day, region, service, text), request.Signature);
    }

    public static bool IsFresh(SignedRequest request, DateTimeOffset now) =>
        Proof.TimeOf(DateOf(request)) is { } time && Proof.IsNear(time, now);

    /// <summary>The signature of a text, in hex.</summary>
    public static string Sign(string secret, string day, string region, string service, string text)
    {
        var key = Encoding.UTF8.GetBytes($"AWS4{secret}");
        foreach (var part in (ReadOnlySpan<string>)[day, region, service, End])
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
    }

    private static string Canonical(SignedRequest request, string[] signed)
    {
        var text = new StringBuilder();
        text.Append(request.Verb.ToUpperInvariant()).Append('\n').Append(request.Path).Append('\n');
        text.Append(Query(request)).Append('\n');
        foreach (var name in signed)
            if (request.Headers.TryGetValue(name, out var value))
                text.Append(name).Append(':').Append(value.Trim()).Append('\n');
        return text.Append('\n').AppendJoin(';', signed).Append('\n').Append(request.BodyHash).ToString();
    }

    // A form that is posted is in the body, and covered by its hash.
    private static string Query(SignedRequest request) =>
        request.Verb.Equals("POST", StringComparison.OrdinalIgnoreCase)
            ? ""
            : Proof.Canonical(request.Params.Where(given => given.Key != "X-Amz-Signature"));

    private static string DateOf(SignedRequest request) =>
        request.Headers.GetValueOrDefault("X-Amz-Date") ?? request.Params.GetValueOrDefault("X-Amz-Date") ?? "";

    private static string? InHeader(SignedRequest request) =>
        request.Headers.TryGetValue("Authorization", out var header)
        && header.StartsWith($"{Algorithm} ", StringComparison.Ordinal)
            ? header[Algorithm.Length..]
            : null;

    private static string Part(SignedRequest request, string name)
    {
        if (InHeader(request) is not { } header)
            return request.Params.GetValueOrDefault($"X-Amz-{name}") ?? "";
        foreach (var part in header.Split(',', StringSplitOptions.TrimEntries))
            if (part.StartsWith($"{name}=", StringComparison.Ordinal))
                return part[(name.Length + 1)..];
        return "";
    }
}
