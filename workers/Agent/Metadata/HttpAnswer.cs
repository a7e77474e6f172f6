using System.Text;

namespace Pipeline.Agent.Metadata;

/// <summary>An answer as bytes. Every connection carries one request, so it always closes. Pure.</summary>
internal static class HttpAnswer
{
    public static byte[] Of(HttpHead? asked, Func<string, byte[]?> find) =>
        asked switch
        {
            null => Text("400 Bad Request", hasBody: true),
            { Method: "GET" or "HEAD" } head when find(head.Path) is { } content => Write(
                "200 OK",
                TypeOf(head.Path),
                content,
                hasBody: head.Method == "GET"
            ),
            { Method: "GET" or "HEAD" } head => Text("404 Not Found", hasBody: head.Method == "GET"),
            _ => Text("405 Method Not Allowed", hasBody: true, "Allow: GET, HEAD\r\n"),
        };

    public static byte[] TooLarge => Text("431 Request Header Fields Too Large", hasBody: true);

    private static string TypeOf(string path) =>
        path.EndsWith(".json", StringComparison.Ordinal) ? "application/json" : "text/plain; charset=utf-8";

    private static byte[] Text(string status, bool hasBody, string headers = "") =>
        Write(status, "text/plain; charset=utf-8", Encoding.ASCII.GetBytes(status[4..] + "\n"), hasBody, headers);

    private static byte[] Write(string status, string type, byte[] content, bool hasBody, string headers = "")
    {
        var head =
            $"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {content.Length}\r\n{headers}Connection: close\r\n\r\n";
        return hasBody ? [.. Encoding.ASCII.GetBytes(head), .. content] : Encoding.ASCII.GetBytes(head);
    }
}
