using System.Text;

namespace Pipeline.Agent.Metadata;

/// <summary>An answer as bytes. Every connection carries one request, so it always closes. Pure.</summary>
internal static class HttpAnswer
{
    private const string PlainText = "text/plain; charset=utf-8";

    public static byte[] TooLarge => Status("431 Request Header Fields Too Large");

    public static byte[] BadRequest => Status("400 Bad Request");

    public static byte[] NotFound => Status("404 Not Found");

    /// <param name="path">What was asked for: its name says what it is.</param>
    public static byte[] Document(string path, byte[] content) =>
        Write("200 OK", path.EndsWith(".json", StringComparison.Ordinal) ? "application/json" : PlainText, content);

    /// <param name="headers">Each with its line's end.</param>
    public static byte[] Text(string text, string headers = "") =>
        Write("200 OK", PlainText, Encoding.ASCII.GetBytes(text), headers);

    public static byte[] Status(string status, string headers = "") =>
        Write(status, PlainText, Encoding.ASCII.GetBytes(status[4..] + "\n"), headers);

    public static byte[] NotAllowed(string methods) => Status("405 Method Not Allowed", $"Allow: {methods}\r\n");

    /// <summary>What a HEAD is answered: all but the body.</summary>
    public static byte[] WithoutBody(byte[] answer) => answer[..HttpHead.Length(answer)];

    private static byte[] Write(string status, string type, byte[] content, string headers = "")
    {
        var head =
            $"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {content.Length}\r\n{headers}Connection: close\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. content];
    }
}
