using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Pipeline.Testing.Clouds;

/// <summary>A request as a client sends it.</summary>
/// <param name="Path">With its query.</param>
public sealed record CloudRequest(string Method, string Path, byte[] Body)
{
    public SortedDictionary<string, string> Headers { get; } = new(StringComparer.Ordinal);

    /// <summary>Where the answer's body goes; null keeps it.</summary>
    public Stream? Into { get; init; }

    /// <summary>What the client says its body's length is; it may lie.</summary>
    public long? ContentLength { get; init; } = Body.Length;

    internal HttpContext ToContext(Stream answer)
    {
        var context = new DefaultHttpContext();
        var request = context.Request;
        var query = Path.IndexOf('?');
        request.Method = Method;
        request.Scheme = "http";
        request.Host = new HostString("cloud.test");
        request.Path = query < 0 ? Path : Path[..query];
        request.QueryString = new QueryString(query < 0 ? "" : Path[query..]);
        if (Body.Length > 0)
        {
            request.ContentType = "application/json";
            request.Body = new MemoryStream(Body, writable: false);
        }
        request.ContentLength = ContentLength;
        foreach (var (name, value) in Headers)
            request.Headers[name] = value;
        context.Response.Body = answer;
        return context;
    }

    internal static CloudAnswer Answer(HttpContext context, MemoryStream? body)
    {
        var headers = context.Response.Headers.ToDictionary(
            h => h.Key,
            h => h.Value.ToString(),
            StringComparer.OrdinalIgnoreCase
        );
        return new(context.Response.StatusCode, body is null ? "" : Encoding.UTF8.GetString(body.ToArray()), headers);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Method} {Path}");
}
