using System.Text;
using Pipeline.Agent.Metadata;

namespace Pipeline.Services.Tests.Agent.Metadata;

public sealed class HttpHeadTests
{
    [Theory]
    [InlineData("GET /latest/ HTTP/1.1", "/latest/")]
    [InlineData("GET /latest/?a=b HTTP/1.0", "/latest/")]
    [InlineData("GET http://169.254.169.254/latest?x HTTP/1.1", "/latest")]
    [InlineData("GET http://169.254.169.254 HTTP/1.1", "/")]
    public void A_request_line_names_a_path(string line, string path) =>
        Assert.Equal(new HttpHead("GET", path), Parse(line));

    [Theory]
    [InlineData("")]
    [InlineData("GET /")]
    [InlineData("GET  / HTTP/1.1")]
    [InlineData("GET / HTTP/2")]
    [InlineData("GET /\t HTTP/1.1")]
    [InlineData("GET /\u00e9 HTTP/1.1")]
    public void What_is_not_HTTP_is_nothing(string line) => Assert.Null(Parse(line));

    [Fact]
    public void Headers_end_with_an_empty_line()
    {
        Assert.False(HttpHead.IsComplete("GET / HTTP/1.1\r\nHost: x\r\n"u8));
        Assert.True(HttpHead.IsComplete("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8));
    }

    [Theory]
    [InlineData("GET", "/a", "HTTP/1.1 200 OK", true)]
    [InlineData("HEAD", "/a", "HTTP/1.1 200 OK", false)]
    [InlineData("GET", "/b", "HTTP/1.1 404 Not Found", true)]
    [InlineData("POST", "/a", "HTTP/1.1 405 Method Not Allowed", true)]
    public void An_answer_has_its_status_its_length_and_closes(string method, string path, string status, bool hasBody)
    {
        var answer = HttpAnswer.Of(new HttpHead(method, path), asked => asked == "/a" ? "hello"u8.ToArray() : null);
        var parts = Encoding.UTF8.GetString(answer).Split("\r\n\r\n");
        Assert.StartsWith(status, parts[0]);
        Assert.Contains("Connection: close", parts[0]);
        Assert.Equal(hasBody, parts[1].Length > 0);
        if (hasBody)
            Assert.Contains($"Content-Length: {parts[1].Length}\r\n", parts[0]);
    }

    private static HttpHead? Parse(string line) => HttpHead.Parse(Encoding.Latin1.GetBytes(line + "\r\n\r\n"));
}
