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
    public void A_request_line_names_a_path(string line, string path)
    {
        var head = Parse(line)!;
        Assert.Equal(("GET", path), (head.Method, head.Path));
    }

    [Fact]
    public void Headers_are_found_whatever_their_case()
    {
        var head = HttpHead.Parse("PUT / HTTP/1.1\r\ncontent-LENGTH:  7 \r\nX-A: b:c\r\nx-a: d\r\nodd\r\n\r\n"u8)!;
        Assert.Equal((7L, "b:c", null), (head.BodyLength, head.Header("x-A"), head.Header("odd")));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("7 7")]
    [InlineData("99999999999999999999")]
    public void A_length_that_is_none_is_0(string text) =>
        Assert.Equal(
            0,
            HttpHead.Parse(Encoding.Latin1.GetBytes($"PUT / HTTP/1.1\r\nContent-Length: {text}\r\n\r\n"))!.BodyLength
        );

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
        Assert.Equal(-1, HttpHead.Length("GET / HTTP/1.1\r\nHost: x\r\n"u8));
        Assert.Equal(27, HttpHead.Length("GET / HTTP/1.1\r\nHost: x\r\n\r\nbody"u8));
    }

    [Fact]
    public void An_answer_has_its_status_its_length_and_closes()
    {
        (byte[] Answer, string Status)[] answers =
        [
            (HttpAnswer.Document("/a", "hello"u8.ToArray()), "HTTP/1.1 200 OK"),
            (HttpAnswer.NotFound, "HTTP/1.1 404 Not Found"),
            (HttpAnswer.NotAllowed("GET"), "HTTP/1.1 405 Method Not Allowed"),
        ];
        foreach (var (answer, status) in answers)
        {
            var parts = Encoding.UTF8.GetString(answer).Split("\r\n\r\n");
            Assert.StartsWith(status, parts[0]);
            Assert.Contains("Connection: close", parts[0]);
            Assert.Contains($"Content-Length: {parts[1].Length}\r\n", parts[0]);
            Assert.Equal(parts[0] + "\r\n\r\n", Encoding.UTF8.GetString(HttpAnswer.WithoutBody(answer)));
        }
    }

    private static HttpHead? Parse(string line) => HttpHead.Parse(Encoding.Latin1.GetBytes(line + "\r\n\r\n"));
}
