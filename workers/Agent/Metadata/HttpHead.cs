using System.Text;

namespace Pipeline.Agent.Metadata;

/// <summary>What a request asks, as far as the metadata service cares. Pure.</summary>
internal readonly record struct HttpHead(string Method, string Path)
{
    private static ReadOnlySpan<byte> End => "\r\n\r\n"u8;

    /// <summary>Whether all headers have come in.</summary>
    public static bool IsComplete(ReadOnlySpan<byte> received) => received.IndexOf(End) >= 0;

    /// <returns>Null for what is not HTTP/1.</returns>
    public static HttpHead? Parse(ReadOnlySpan<byte> received)
    {
        var line = received[..received.IndexOf("\r\n"u8)];
        foreach (var letter in line)
            if (letter is < 0x20 or > 0x7e)
                return null;
        return Encoding.ASCII.GetString(line).Split(' ') is [var method, var target, "HTTP/1.0" or "HTTP/1.1"]
            ? new HttpHead(method, PathOf(target))
            : null;
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
