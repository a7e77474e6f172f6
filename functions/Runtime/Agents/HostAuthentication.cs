using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Pipeline.Contracts.Hosts;
using Pipeline.Runtime.Http;

namespace Pipeline.Runtime.Agents;

/// <summary>Believes a request to come from a host when the host's key has signed it, now.</summary>
public sealed class HostAuthentication(IHosts hosts, TimeProvider time)
{
    private const int LargestBody = 1 << 20;

    /// <summary>Reading a key costs as much as checking a signature with it.</summary>
    private readonly ConcurrentDictionary<HostId, HostKey> keys = new();

    public async ValueTask<HostId?> AuthenticateAsync(HttpRequest request, CancellationToken ct)
    {
        if (
            !HostId.TryParse(request.Headers[HostSignature.HostHeader], out var id)
            || !long.TryParse(request.Headers[HostSignature.TimeHeader], CultureInfo.InvariantCulture, out var seconds)
            || request.Headers[HostSignature.SignatureHeader] is not [{ Length: > 0 } signature]
            || (time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration() > HostSignature.Tolerance
            || await hosts.FindAsync(id) is not { } host
        )
            return null;
        var digest = request.Headers[HostSignature.DigestHeader] is [{ Length: DigestStream.Digits } given]
            ? given
            : null;
        var (method, body) = digest is null
            ? (request.Method, await BufferAsync(request, ct))
            : HostSignature.ByDigest(request.Method, digest);
        if (!HostSignature.Verify(KeyOf(id, host.SigningKey), method, TargetOf(request), seconds, body, signature))
            return null;
        if (digest is not null)
            request.Body = new DigestStream(request.Body, digest);
        return id;
    }

    /// <summary>A host that has joined anew has another.</summary>
    private ECDsa KeyOf(HostId id, byte[] text)
    {
        if (keys.TryGetValue(id, out var known) && known.Text.AsSpan().SequenceEqual(text))
            return known.Key;
        var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(text, out _);
        keys[id] = new(text, key);
        return key;
    }

    /// <summary>The target as it came over the wire: what routes are matched on is what is signed.</summary>
    private static string TargetOf(HttpRequest request) =>
        $"/{Router.RawPath(request.HttpContext)}{request.QueryString}";

    /// <summary>The signature covers the body, so it is read first, and given back to the function.</summary>
    private static async ValueTask<byte[]> BufferAsync(HttpRequest request, CancellationToken ct)
    {
        var buffer = new MemoryStream();
        var piece = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(piece, ct)) > 0)
        {
            buffer.Write(piece, 0, read);
            if (buffer.Length > LargestBody)
                throw new Fault(FaultCode.TooLarge, "The request body is too large.");
        }
        buffer.Position = 0;
        request.Body = buffer;
        return buffer.ToArray();
    }

    private sealed record HostKey(byte[] Text, ECDsa Key);
}
