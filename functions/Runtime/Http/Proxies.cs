using System.Net;
using Microsoft.Extensions.Primitives;

namespace Pipeline.Runtime;

/// <summary>The proxies that stand before this host, by name: `X-Forwarded-*` is believed from them and from nobody else.</summary>
public sealed class Proxies(IEnumerable<IPAddress> addresses)
{
    private readonly HashSet<IPAddress> trusted = [.. addresses.Select(Plain)];

    /// <summary>Where the client sits, for limits per source; null in process.</summary>
    public IPAddress? ClientOf(HttpContext context) =>
        Trust(context) && IPAddress.TryParse(Last(context.Request.Headers["X-Forwarded-For"]), out var client)
            ? Plain(client)
        : context.Connection.RemoteIpAddress is { } peer ? Plain(peer)
        : null;

    /// <summary>The scheme and host that the client used, as `https://cloud.example`.</summary>
    public string OriginOf(HttpRequest request)
    {
        var asked = $"{request.Scheme}://{request.Host}";
        if (!Trust(request.HttpContext))
            return asked;
        var scheme = Last(request.Headers["X-Forwarded-Proto"]) ?? request.Scheme;
        var host = Last(request.Headers["X-Forwarded-Host"]) ?? request.Host.Value;
        return
            scheme is "http" or "https"
            && Uri.TryCreate($"{scheme}://{host}", UriKind.Absolute, out var origin)
            && origin.PathAndQuery == "/"
            && origin.UserInfo.Length == 0
            ? origin.GetLeftPart(UriPartial.Authority)
            : asked;
    }

    private bool Trust(HttpContext context) =>
        trusted.Count > 0 && context.Connection.RemoteIpAddress is { } peer && trusted.Contains(Plain(peer));

    // Only the nearest proxy, whose entry is the last, is known.
    private static string? Last(StringValues values) =>
        values is [.., { Length: > 0 } last] ? last[(last.LastIndexOf(',') + 1)..].Trim() : null;

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
