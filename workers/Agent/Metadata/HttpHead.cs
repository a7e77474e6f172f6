using System.Globalization;
using System.Text;

namespace Pipeline.Agent.Metadata;

/// <summary>What a request asks, as far as the metadata service cares. Pure.</summary>
/// <param name="Headers">By name, whatever its case; of two with one name the first.</param>
internal sealed record HttpHead(string Method, string Path, IReadOnlyDictionary<string, string> Headers)
{
    private static ReadOnlySpan<byte> End => "\r\n\r\n"u8;

    /// <summary>How many bytes of body the guest announces; 0 where it says nothing that can be read.</summary>
    public long BodyLength =>
        long.TryParse(Header("Content-Length"), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            ? length
            : 0;

    /// <summary>Where the body begins; -1 while headers are still to come.</summary>
    public static int Length(ReadOnlySpan<byte> received) =>
        received.IndexOf(End) is >= 0 and var at ? at + End.Length : -1;

    /// <returns>Null for what is not HTTP/1.</returns>
    public static HttpHead? Parse(ReadOnlySpan<byte> received)
    {
        var line = received[..received.IndexOf("\r\n"u8)];
        foreach (var letter in line)
            if (letter is < 0x20 or > 0x7e)
                return null;
        return Encoding.ASCII.GetString(line).Split(' ') is [var method, var target, "HTTP/1.0" or "HTTP/1.1"]
            ? new HttpHead(method, PathOf(target), HeadersOf(received[line.Length..Length(received)]))
            : null;
    }

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    private static Dictionary<string, string> HeadersOf(ReadOnlySpan<byte> text)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in Encoding.Latin1.GetString(text).Split("\r\n", StringSplitOptions.RemoveEmptyEntries))
            if (line.IndexOf(':') is > 0 and var colon)
                headers.TryAdd(line[..colon], line[(colon + 1)..].Trim());
        return headers;
    }

    // A target may be a whole URL (RFC 9112, section 3.2.2); a query changes nothing here.
    private static string PathOf(string target)
    {
        const string scheme = "http://";
        if (target.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            target = target.IndexOf('/', scheme.Length) is > 0 and var slash ? target[slash..] : "/";
        return target.IndexOf('?') is >= 0 and var query ? target[..query] : target;
    }
}
