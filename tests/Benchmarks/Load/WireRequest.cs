using System.Text;

namespace Pipeline.Benchmarks.Load;

/// <summary>A request as bytes, so that sending it a thousand times costs the client next to nothing.</summary>
internal sealed record WireRequest(byte[] Bytes, int Expected)
{
    /// <param name="expected">The status that every answer must have.</param>
    public static WireRequest Of(string method, string path, int expected, string? token = null, string? body = null)
    {
        var text = new StringBuilder($"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n");
        if (token is not null)
            text.Append($"X-Auth-Token: {token}\r\nX-Subject-Token: {token}\r\n");
        if (body is not null)
            text.Append($"Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n");
        return new(Encoding.UTF8.GetBytes(text.Append("\r\n").Append(body).ToString()), expected);
    }
}
