using System.Security.Cryptography;
using System.Text;
using Pipeline.Data;

namespace Pipeline.Runtime;

/// <summary>Reads a create's `Idempotency-Key`: with it, a repeated request gets its first answer for 24 hours.</summary>
public static class IdempotencyKeys
{
    private const int Longest = 255;

    /// <exception cref="Fault">BadRequest for a key longer than 255 characters.</exception>
    public static IdempotencyKey? Of(HttpRequest request, Caller caller, Fields body)
    {
        if (request.Headers["Idempotency-Key"] is not [{ Length: > 0 } key])
            return null;
        if (key.Length > Longest)
            throw Fault.BadRequest($"An Idempotency-Key has at most {Longest} characters.");
        var text = $"{request.Method} {request.Path}\n{caller.UserId}\n{body.Json.GetRawText()}";
        return new(OwnerOf(caller), key, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
    }

    /// <summary>A project's members share its keys, as they share what they make; without a project a key is the user's own.</summary>
    private static string OwnerOf(Caller caller) => caller.ProjectId?.Value ?? $"user/{caller.UserId}";
}
