namespace Pipeline.Runtime;

/// <summary>The base of every URL in an answer, without trailing slash: `--public-url`, else what the request's host says.</summary>
/// <param name="configured">An absolute http(s) URL; null to go by the request.</param>
public sealed class PublicUrl(Uri? configured, Proxies proxies)
{
    private readonly string? fixedBase = configured?.GetLeftPart(UriPartial.Path).TrimEnd('/');

    public string Of(HttpRequest request) => fixedBase ?? proxies.OriginOf(request);
}
