using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Identity.Signatures;

/// <summary>
/// AWS's signature version 2 with HMAC-SHA-256: verb, host, path and the sorted parameters, which say until when it is good.
/// </summary>
internal static class SignatureV2
{
    public static bool IsOf(SignedRequest request) => request.Params.GetValueOrDefault("SignatureVersion") == "2";

    public static bool Holds(SignedRequest request, string secret)
    {
        var held = Proof.Same(Sign(request, request.Host, secret), request.Signature);
        // Some clients leave the port out of what they sign.
        var port = request.Host.LastIndexOf(':');
        return held || (port > 0 && Proof.Same(Sign(request, request.Host[..port], secret), request.Signature));
    }

    public static bool IsFresh(SignedRequest request, DateTimeOffset now)
    {
        if (request.Params.TryGetValue("Timestamp", out var made))
            return Proof.TimeOf(made) is { } time && Proof.IsNear(time, now);
        return request.Params.TryGetValue("Expires", out var ends) && Proof.TimeOf(ends) is { } end && end > now;
    }

    private static string Sign(SignedRequest request, string host, string secret)
    {
        var parameters = new Dictionary<string, string>(request.Params) { ["SignatureMethod"] = "HmacSHA256" };
        var text = $"{request.Verb}\n{host}\n{request.Path}\n{Proof.Canonical(parameters)}";
        return Convert.ToBase64String(
            HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(text))
        );
    }
}
