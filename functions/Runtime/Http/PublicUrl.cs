using System.Net;

namespace Pipeline.Runtime;

/// <summary>
/// The base of every URL in an answer, without trailing slash: `--public-url`, else what the request's host says.
/// `X-Forwarded-*` is believed only when it comes from a named proxy.
/// </summary>
/// <param name="configured">An absolute http(s) URL; null to go by the request.</param>
/// <param name="proxies">Addresses of the proxies that stand before this host.</param>
public sealed class PublicUrl(Uri? configured, IReadOnlyCollection<IPAddress> proxies)
{
    private readonly string? fixedBase = configured?.GetLeftPart(UriPartial.Path).TrimEnd('/');
    private readonly HashSet<IPAddress> trusted = [.. proxies.Select(Plain)];

    public string Of(HttpRequest request)
    {
        if (fixedBase is not null)
            return fixedBase;
        if (
            trusted.Count == 0
            || request.HttpContext.Connection.RemoteIpAddress is not { } peer
            || !trusted.Contains(Plain(peer))
        )
            return $"{request.Scheme}://{request.Host}";
        var scheme = Last(request.Headers["X-Forwarded-Proto"]) is "https" ? "https" : request.Scheme;
        var host = Last(request.Headers["X-Forwarded-Host"]);
        return
            Uri.TryCreate($"{scheme}://{host}", UriKind.Absolute, out var url)
            && url.PathAndQuery == "/"
            && host is not null
            ? url.GetLeftPart(UriPartial.Authority)
            : $"{scheme}://{request.Host}";
    }

    // Only the nearest proxy, whose entry is the last, is known.
    private static string? Last(Microsoft.Extensions.Primitives.StringValues values) =>
        values is [.., { Length: > 0 } last] ? last[(last.LastIndexOf(',') + 1)..].Trim() : null;

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
